"""`schoolgate explain`: what becomes of an address, for whom, when, and why?"""

import argparse
import json
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from proxy.bundle.errors import BundleRefused
from proxy.bundle.load import LoadedBundle, load_current
from proxy.bypass.all_detectors import ALL
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange, Opening, Question, Transport
from proxy.commands import Commands, Exit, config_argument
from proxy.decision.explain import Explanation, Seen, as_json, explain
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.request import Attempt, Request, Stage, Subject
from proxy.decision.schedule import YEARS
from proxy.decision.signs import Sign
from proxy.decision.urls import Url, parse_url
from proxy.decision.verdict import Basis
from proxy.startup import starting

DESCRIPTION = """Says what becomes of a name or URL, and what each check answered, by the code that decides.
Uses the policy in force. A bare name is judged as the resolver would (stage dns); a URL as the proxy
would (stage http). --stage tls judges the handshake. Of ways around the filter it tells what the address
alone shows.

  schoolgate explain games.example --as middle
  schoolgate explain https://example.org/labs --client 10.20.33.7 --at "2026-11-23 10:40"

exit status: 0 not blocked; 1 blocked; 2 a wrong command line; 3 it could not be judged
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="say what becomes of an address, and why",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", metavar="URL", help="a URL, a name or an IP address")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--as", dest="who", metavar="GROUP|SUBJECT", help="a group's id, or a person's or device's id"
    )
    who.add_argument("--client", metavar="IP", help="whoever that client address belongs to")
    parser.add_argument("--at", metavar="TIME", help='school time, such as "2026-11-23 10:40" (default: now)')
    parser.add_argument("--stage", choices=[stage.value for stage in Stage], help="judge at this stage")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    config_argument(parser)
    parser.set_defaults(run=run)


class Misunderstood(ValueError):
    """The question itself is wrong; the message says how."""


def run(args: argparse.Namespace) -> int:
    """Answer the question; exit status 0 when the answer is allow or rewrite, 1 when it is block."""
    try:
        loaded = load_current(starting(args.config).state)
    except BundleRefused as error:
        print(f"schoolgate: no policy is in force: {error}", file=sys.stderr)
        return Exit.FAILED
    try:
        request = _request(args, loaded)
    except Misunderstood as error:
        print(f"schoolgate: {error}", file=sys.stderr)
        return Exit.USAGE
    explanation = explain(request, loaded.policy)
    if args.json:
        print(json.dumps(as_json(explanation, loaded.policy.zone), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_lines(explanation, loaded.policy.zone)))
    return Exit.NO if explanation.verdict.action.value == "block" else Exit.OK


def _request(args: argparse.Namespace, loaded: LoadedBundle) -> Request:
    """Read the question. Raises Misunderstood."""
    stage = Stage(args.stage) if args.stage else None
    try:
        is_url = "://" in args.what or "/" in args.what
        url = parse_url(args.what, scheme="https") if is_url else None
        host = url.host if url else canonical_host(args.what)
    except NameProblem as error:
        raise Misunderstood(f"'{args.what}' is no URL, name or address: {error}") from error
    if stage is Stage.HTTP and url is None:
        url = parse_url(f"https://{args.what}/")
    if stage in (Stage.DNS, Stage.TLS):
        url = None
    stage = stage or (Stage.HTTP if url else Stage.DNS)
    subject, client = _subject(args, loaded)
    attempt = Attempt(client, stage, host, url, signs=_signs(loaded, stage, host, url))
    return Request(attempt, subject, _moment(args.at, loaded.policy.zone))


def _signs(loaded: LoadedBundle, stage: Stage, host: str, url: Url | None) -> tuple[Sign, ...]:
    """What the address alone shows of a way around the filter."""
    known = loaded.knowledge
    if known is None:
        return ()
    if stage is Stage.DNS:
        return notice(ALL.names, Question("", host, "A"), known, _failed)
    if url is None:
        return notice(ALL.openings, Opening(Transport.TLS, 443, sni=host), known, _failed)
    target = f"{url.path}?{url.query}" if url.query else url.path
    return notice(ALL.requests, Exchange("GET", url, target), known, _failed)


def _failed(detector: str, error: Exception) -> None:
    """The sign that a detector leaves behind that failed says it all."""


def _subject(args: argparse.Namespace, loaded: LoadedBundle) -> tuple[Subject, str]:
    if args.client:
        try:
            client = canonical_host(args.client)
        except NameProblem as error:
            raise Misunderstood(f"'{args.client}' is no IP address: {error}") from error
        return loaded.identities.subject(client, None), client
    if not args.who:
        return loaded.identities.strictest(), ""
    subject = loaded.identities.named(args.who)
    if subject is not None:
        return subject, ""
    groups = sorted(id_ for id_, scope in loaded.policy.scopes.items() if scope.kind == "group")
    raise Misunderstood(
        f"there is no group, person or device '{args.who}'. Groups: {', '.join(groups)}. "
        "Persons are named by their roster id (sourcedId)."
    )


def _moment(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return datetime.now(UTC).astimezone(zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misunderstood(f"'{text}' is no time; write it as 2026-11-23 10:40") from error
    if moment.year not in YEARS:
        raise Misunderstood(f"'{text}' is out of reach; years from {YEARS[0]} to {YEARS[-1]}")
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _lines(explanation: Explanation, zone: ZoneInfo) -> list[str]:
    request, verdict = explanation.request, explanation.verdict
    asked = str(request.attempt.url or request.attempt.host)
    who = f"group {request.subject.group}" + (" (minors)" if request.subject.minor else " (adults)")
    lines = [
        f"{asked}: {verdict.action.value.upper()} for {who}, {request.at:%a %Y-%m-%d %H:%M} {zone.key}",
        f"  {verdict.explanation}",
    ]
    evidence = verdict.evidence
    if evidence.list_id:
        lines.append(
            f"  rests on   {evidence.list_id}" + (f", line {evidence.line}" if evidence.line else "")
        )
    if evidence.basis is not None:
        local = "a local decision" + (f", {evidence.decided_by}" if evidence.decided_by else "")
        lines.append(
            f"  basis      {'required by federal law (CIPA)' if evidence.basis is Basis.CIPA else local}"
        )
    if verdict.rewrite:
        lines.append(f"  answered as {verdict.rewrite}")
    until = (
        f"{verdict.until.astimezone(zone):%a %Y-%m-%d %H:%M}"
        if verdict.until
        else "somebody publishes a change"
    )
    lines += [f"  holds until {until}", f"  handling   {verdict.handling.value}"]
    lines += [f"  note       {note}" for note in explanation.notes]
    lines += [f"  seen       {_seen(seen)}" for seen in explanation.seen]
    lines.append("  checks, in order:")
    for answered in explanation.checks:
        said = (
            "-"
            if answered.finding is None
            else f"{answered.finding.action.value}: {answered.finding.explanation}"
        )
        lines.append(f"  {'>' if answered.decided else ' '} {answered.check:<16} {said}")
    lines.append(
        f"  policy: base {verdict.base}, overlay {verdict.overlay}; stage {request.attempt.stage.value}"
    )
    return lines


def _seen(seen: Seen) -> str:
    lifted = f", lifted by the permit '{seen.permit.id}'" if seen.permit is not None else ""
    return f"{seen.sign.technique} ({seen.sign.consequence.value}{lifted}): {seen.sign.explanation}"
