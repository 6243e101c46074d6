"""`schoolgate audit`: is the record of what was done whole, and what does it say?"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from proxy.bundle.published import account
from proxy.commands import Commands, Exit, config_argument
from proxy.commands.console import configured

if TYPE_CHECKING:
    from proxy.console.audit.verify import Verified
    from proxy.console.site.config import ConsoleConfig

DESCRIPTION = """Checks and exports the console's record: log-ins, decisions, publications and exports, each
chained to the one before it by a hash. Neither the console nor the filter has to run.

  schoolgate audit verify --config /etc/schoolgate
  schoolgate audit export --config /etc/schoolgate > record.jsonl
  schoolgate audit restored --because "the disk died; copy of Sunday night" --config /etc/schoolgate

Exit status of `verify`: 0 the record is whole, 1 it is not (the first bad record is named), 3 it could
not be read."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "audit",
        help="check or export the console's record",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_subparsers(metavar="WHAT", required=True)
    check = what.add_parser("verify", help="say whether the record is whole, or which record is bad")
    check.add_argument("--json", action="store_true", help="one JSON object on standard output")
    config_argument(check)
    check.set_defaults(run=_with_record(verify))
    export_ = what.add_parser("export", help="print all records, one JSON object a line")
    config_argument(export_)
    export_.set_defaults(run=_with_record(export))
    guards = what.add_parser("guard", help="lay the triggers again by which the database refuses changes")
    config_argument(guards)
    guards.set_defaults(run=_with_record(guard))
    put_back = what.add_parser("restored", help="say that an older database was put back, and why")
    put_back.add_argument("--because", required=True, metavar="TEXT", help="why; goes into the record")
    config_argument(put_back)
    put_back.set_defaults(run=_with_record(restored))


def _with_record(
    run: Callable[[argparse.Namespace, "ConsoleConfig"], int],
) -> Callable[[argparse.Namespace], int]:
    def asking(args: argparse.Namespace) -> int:
        config = configured(args.config)
        if config is None:
            return Exit.FAILED
        from proxy.console.audit.offline import NoRecord
        from proxy.settings.schema.console import SQLITE

        if config.console.database == SQLITE and not config.database_file.exists():
            print(f"schoolgate: {config.database_file} does not exist; no console ran yet", file=sys.stderr)
            return Exit.FAILED
        try:
            return run(args, config)
        except NoRecord as problem:
            print(f"schoolgate: {problem}", file=sys.stderr)
            return Exit.FAILED

    return asking


def verify(args: argparse.Namespace, config: "ConsoleConfig") -> int:
    """Check the record; exit status 1 when it is not whole."""
    from proxy.console.audit.offline import checked

    verified = checked(config.state)
    if args.json:
        print(json.dumps(as_json(verified)))
    else:
        _tell(verified)
    return Exit.OK if verified.is_whole else Exit.NO


def as_json(verified: "Verified") -> dict[str, object]:
    """What was found, for a program. `records` are good, `first_bad` comes right after them."""
    bad = next((fault.number for fault in verified.faults if fault.number is not None), None)
    return {
        "whole": verified.is_whole,
        "records": verified.head.number,
        "head": verified.head.hash,
        "first_bad": bad,
        "faults": [{"record": fault.number, "what": fault.what} for fault in verified.faults],
        "head_kept_at": verified.witnessed_at or None,
    }


def _tell(verified: "Verified") -> None:
    for fault in verified.faults:
        print(fault)
    number, hash_ = verified.head.number, verified.head.hash
    if not verified.is_whole:
        print(f"schoolgate: the record is not whole; {number} records are good", file=sys.stderr)
        return
    print(f"the record is whole: {number} records, head {hash_}")
    if verified.witnessed_at:
        print(f"its head was last written down beside the database at {verified.witnessed_at}")
    else:
        print("its head was never written down beside the database: do the timers run?")


def export(args: argparse.Namespace, config: "ConsoleConfig") -> int:
    """Print all records."""
    from proxy.console.audit.offline import exported_lines
    from proxy.console.site import clock

    for line in exported_lines(account(), clock.now()):
        sys.stdout.write(line)
    sys.stdout.flush()
    return Exit.OK


def guard(args: argparse.Namespace, config: "ConsoleConfig") -> int:
    """Lay the triggers again; exit status 1 when none was off or gone."""
    from proxy.console.audit import offline
    from proxy.console.site import clock

    laid = offline.guarded(account(), clock.now())
    if not laid:
        print("schoolgate: the database refuses changes as it should; nothing was done", file=sys.stderr)
        return Exit.NO
    print(f"laid again: {', '.join(laid)}; find out who took them")
    return Exit.OK


def restored(args: argparse.Namespace, config: "ConsoleConfig") -> int:
    """Write down that an older database was put back; exit status 1 when none was."""
    from proxy.console.audit import offline
    from proxy.console.audit.restoring import NothingRestored
    from proxy.console.site import clock

    try:
        found = offline.restored(config.state, args.because, account(), clock.now())
    except NothingRestored:
        print("schoolgate: the record lacks nothing of what was kept beside it", file=sys.stderr)
        return Exit.NO
    print(f"record {found.record} says so; the heads that were kept until now are in {found.aside}")
    return Exit.OK
