"""`schoolgate ca`: which certificate do devices have to trust, and in which form do they take it?"""

import argparse
import ipaddress
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proxy.authority import exports
from proxy.authority.authority import Authority, authority_directory
from proxy.authority.errors import AuthorityProblem
from proxy.commands import Commands, Exit, config_argument
from proxy.pages.front import pac_for
from proxy.pinned import proposals
from proxy.settings.schema import Settings
from proxy.startup import Start, starting
from proxy.tickets.errors import KeyringProblem
from proxy.tickets.keyring import Keyring, keyring_path

DESCRIPTION = """The school's certificate authority (CA), which devices trust so that pages can be inspected
and block pages shown over HTTPS. It is made on the first start, under the school's name. No command
prints its private key.

  schoolgate ca show
  schoolgate ca export --der --out schoolgate-ca.crt
  schoolgate ca pac --out proxy.pac
"""
RENEWAL_DUE = timedelta(days=180)


class CannotDo(Exception):
    """Why an action cannot be carried out; the message says what to do."""


def register(commands: Commands) -> None:
    """Add the command and its actions to the parser."""
    parser = commands.add_parser(
        "ca",
        help="show and export the certificate authority, the PAC file, proposals",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = _action(actions, "show", "its name, fingerprint, end and place", _show)
    show.add_argument("--json", action="store_true", help="one JSON object")
    _action(actions, "create", "make it now, before the first start", _create)
    export = _action(actions, "export", "write the certificate, without its key", _export)
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--pem", dest="form", action="store_const", const="pem", help="Linux, Firefox")
    form.add_argument(
        "--der", dest="form", action="store_const", const="der", help="Windows, Android, Chromebooks"
    )
    form.add_argument(
        "--mobileconfig", dest="form", action="store_const", const="mobileconfig", help="iPhone, iPad, Mac"
    )
    _out_argument(export)
    _out_argument(_action(actions, "pac", "write the browsers' proxy settings file", _pac))
    _action(
        actions, "rotate-tickets", "make a new key for block-page tickets; old tickets stay good", _rotate
    )
    pinned = _action(
        actions, "proposals", "sites whose apps refuse the certificate, to pass through", _proposals
    )
    pinned.add_argument(
        "--at-least", type=int, default=5, metavar="N", help="refused so often (default: %(default)s)"
    )
    pinned.add_argument("--json", action="store_true", help="one JSON array")


def _action(
    actions: Commands, name: str, summary: str, do: Callable[[argparse.Namespace, Start], int]
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    config_argument(parser)
    parser.set_defaults(run=run, do=do)
    return parser


def _out_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it (default: standard output)"
    )


def run(args: argparse.Namespace) -> int:
    """Carry out one action."""
    do: Callable[[argparse.Namespace, Start], int] = args.do
    try:
        return do(args, starting(args.config))
    except (CannotDo, AuthorityProblem, KeyringProblem) as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return Exit.FAILED


def _show(args: argparse.Namespace, start: Start) -> int:
    authority = _existing(start.state)
    if args.json:
        plain = {**_facts(authority), "expires": authority.expires.isoformat(), "key": str(authority.path)}
        print(json.dumps(plain, indent=1, ensure_ascii=False))
    else:
        for name, value in _facts(authority).items():
            print(f"{name + ':':<13} {value}")
    left = authority.expires - datetime.now(UTC)
    if left < RENEWAL_DUE:
        print(
            f"\nIt ends in {max(left.days, 0)} days. Plan the change to a new one now "
            f"(docs/operators/certificates.md): every device has to trust it before.",
            file=sys.stderr,
        )
        return Exit.NO
    return Exit.OK


def _facts(authority: Authority) -> Mapping[str, str]:
    return {
        "name": authority.name,
        "sha256": authority.fingerprint,
        "expires": f"{authority.expires:%Y-%m-%d %H:%M} UTC",
        "certificate": str(authority.certificate_path),
        "key": f"{authority.path} (keep it secret; back it up)",
    }


def _create(args: argparse.Namespace, start: Start) -> int:
    settings = _settings(start)
    directory = authority_directory(start.state)
    authority = Authority.open_or_create(directory, settings.gateway.school_name)
    print(f"{authority.name}\n{authority.certificate_path}")
    return Exit.OK


def _export(args: argparse.Namespace, start: Start) -> int:
    authority = _existing(start.state)
    make = {"pem": exports.pem, "der": exports.der, "mobileconfig": exports.mobileconfig}[args.form]
    if args.form == "der" and args.out is None and sys.stdout.isatty():
        raise CannotDo("the DER form is binary; name a file with --out FILE")
    return _write(make(authority), args.out)


def _pac(args: argparse.Namespace, start: Start) -> int:
    settings = _settings(start)
    everywhere = ipaddress.ip_address(settings.proxy.listen.host).is_unspecified
    if everywhere and not settings.block_page.addresses:
        raise CannotDo(
            f"the proxy listens on every address ({settings.proxy.listen}), so none can be named; "
            f"set block_page.addresses, or let proxy.listen name one address"
        )
    local = str(settings.block_page.addresses[0]) if everywhere else ""
    return _write(pac_for(settings, local), args.out)


def _rotate(args: argparse.Namespace, start: Start) -> int:
    days = start.settings.block_page.ticket_days if start.settings else 365
    now = datetime.now(UTC)
    keyring = Keyring.open_or_create(keyring_path(start.state), now)
    key = keyring.rotate(now, keep=timedelta(days=days))
    print(f"new ticket key {key.id}; tickets handed out before stay good until they end ({days} days)")
    return Exit.OK


def _proposals(args: argparse.Namespace, start: Start) -> int:
    found = proposals(start.state, args.at_least)
    if args.json:
        print(
            json.dumps(
                [{"host": one.host, "refused": one.spoken, "last": one.last.isoformat()} for one in found]
            )
        )
        return Exit.OK
    if not found:
        print(f"no site's certificate was refused {args.at_least} times or more")
    for one in found:
        print(f"{one.spoken:6} x  {one.host}  (last {one.last:%Y-%m-%d %H:%M} UTC)")
    if found:
        print(
            "\nAn app that insists on its own certificate works only on a pass-through list (docs/operators)."
        )
    return Exit.OK


def _existing(state: Path) -> Authority:
    directory = authority_directory(state)
    if not directory.exists():
        raise CannotDo(
            f"{directory}: there is no CA yet; it is made when the filter first starts, "
            f"or by `schoolgate ca create`"
        )
    return Authority(directory)


def _settings(start: Start) -> Settings:
    if start.settings is None:
        told = "\n".join(str(problem) for problem in start.problems)
        raise CannotDo(f"the settings have problems:\n{told}")
    return start.settings


def _write(content: bytes, out: Path | None) -> int:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return Exit.OK
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CannotDo(f"{out}: cannot be written: {error.strerror}") from error
    print(f"{out}: {len(content)} bytes written", file=sys.stderr)
    return Exit.OK
