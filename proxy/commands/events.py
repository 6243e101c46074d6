"""`schoolgate events`: what was asked for, what became of it, and why?"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from proxy.commands import Commands, Exit, config_argument
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.verdict import Action
from proxy.journal.event import Event, as_json
from proxy.journal.follow import Follower
from proxy.journal.kept_signs import techniques_in
from proxy.journal.read import Journal
from proxy.journal.wanted import Wanted
from proxy.startup import starting
from proxy.tickets.codes import parse_code, show_code
from proxy.tickets.errors import CodeProblem

DESCRIPTION = """Prints recorded events, oldest first, from the gateway's spool and archive;
the filter need not run.
Without --since, --until and --ticket: those of the last hour.

  schoolgate events --since 30m --action block
  schoolgate events --since 2026-11-23 --until "2026-11-24 12:00" --host example.org --json
  schoolgate events --ticket 7KQ2-9FXM
  schoolgate events --follow --group middle
  schoolgate events --since 1d --technique webproxy

--json prints one object a line, with times in UTC; docs/operators/events.md describes its keys.
Exit status: 0 printed (there may be none), 1 no event has that ticket, 2 wrong usage, 3 could not read.
"""
POLL_S = 0.4
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TECHNIQUE = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*\Z")
_AGO = re.compile(r"(\d{1,6})([smhdw])\Z")


class Misunderstood(ValueError):
    """The question itself is wrong; the message says how it would be right."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "events",
        help="show recorded events",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--since", metavar="TIME", help="30s, 15m, 1h, 2d, 1w ago, or a date or time (ISO 8601)"
    )
    parser.add_argument("--until", metavar="TIME", help="the same; events before it")
    parser.add_argument("--host", metavar="NAME", help="this host and everything below it")
    parser.add_argument("--group", metavar="ID", help="asked by this policy group")
    parser.add_argument("--client", metavar="IP", help="asked from this address")
    parser.add_argument("--subject", metavar="PSEUDONYM", help="asked by whom other events name so")
    parser.add_argument(
        "--action", choices=[action.value for action in Action], help="only with this outcome"
    )
    parser.add_argument(
        "--technique", metavar="NAME", help="with a sign of this way around the filter, or family of ways"
    )
    parser.add_argument("--ticket", metavar="CODE", help="the event behind a block page's 8-character code")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the newest N")
    parser.add_argument(
        "--follow", action="store_true", help="go on printing as events come; end with Ctrl-C"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    config_argument(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the events that were asked for."""
    start = starting(args.config)
    zone: tzinfo = start.settings.time_zone if start.settings else UTC
    try:
        wanted = asked_for(args, datetime.now(UTC), zone)
    except Misunderstood as error:
        print(f"schoolgate: {error}", file=sys.stderr)
        return Exit.USAGE
    if start.settings is None and not _has_events(start.state):
        for problem in start.problems:
            print(problem, file=sys.stderr)
        print(f"schoolgate: there are no events in {start.state}; is --config right?", file=sys.stderr)
        return Exit.FAILED
    if args.follow and (args.limit or args.until):
        print("schoolgate: --follow goes on for ever; it takes no --limit and no --until", file=sys.stderr)
        return Exit.USAGE
    printer = Printer(json_lines=args.json, zone=zone)
    try:
        if args.follow:
            return _follow(start.state, wanted, printer, from_now=args.since is None)
        return _print(_journal(start.state), wanted, args.limit, printer)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except OSError as error:
        print(f"schoolgate: the events in {start.state} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.FAILED


def _journal(state: Path) -> Journal:
    """All events of a gateway. The archive's database is loaded where there is an archive, and only then: no
    other command shall pay for it."""
    if not (state / "archive").is_dir():
        return Journal(state / "spool")
    from proxy.journal.archive import open_events

    return open_events(state)


def _has_events(state: Path) -> bool:
    return (state / "spool").is_dir() or (state / "archive").is_dir()


def asked_for(args: argparse.Namespace, now: datetime, zone: tzinfo) -> Wanted:
    """Read the options.

    now, zone   the present (aware), and the zone of times written without one

    Raises Misunderstood.
    """
    since = parse_time(args.since, now, zone) if args.since else None
    until = parse_time(args.until, now, zone) if args.until else None
    if not (since or until or args.ticket or args.follow):
        since = now - timedelta(hours=1)
    if since and until and until <= since:
        raise Misunderstood("--until must be later than --since")
    if args.technique and not _TECHNIQUE.match(args.technique):
        raise Misunderstood(f"'{args.technique}' is no technique; write it as vpn or webproxy.ultraviolet")
    try:
        return Wanted(
            since=since,
            until=until,
            host=canonical_host(args.host) if args.host else None,
            group=args.group,
            ticket=parse_code(args.ticket) if args.ticket else None,
            action=Action(args.action) if args.action else None,
            subject=args.subject,
            client=canonical_host(args.client) if args.client else None,
            technique=args.technique,
        )
    except (NameProblem, CodeProblem) as error:
        raise Misunderstood(str(error)) from error


def parse_time(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read `15m` (ago), `2026-11-23`, `2026-11-23 10:40` or any ISO 8601 time.

    Raises Misunderstood.
    """
    ago = _AGO.match(text)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * UNITS[ago[2]])
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Misunderstood(
            f"'{text}' is no time; write 15m, 1h, 2d, 2026-11-23 or 2026-11-23T10:40"
        ) from error


class Printer:
    """Prints events for a person or, one JSON object a line, for a program."""

    def __init__(self, *, json_lines: bool, zone: tzinfo) -> None:
        self._json_lines = json_lines
        self._zone = zone
        self._begun = False

    def show(self, events: Iterable[Event]) -> None:
        """Print events, below a heading the first time."""
        for event in events:
            if self._json_lines:
                print(json.dumps(as_json(event)))
                continue
            if not self._begun:
                print(_columns("TIME", "DID", "WHY", "GROUP", "CLIENT", "WHAT"))
                self._begun = True
            print(self._line(event))
        sys.stdout.flush()

    def _line(self, event: Event) -> str:
        what = f"{event.stage.value} {event.method} {event.url or event.host}".replace("  ", " ")
        because = " ".join(part for part in (event.category, event.list_id) if part)
        code = f" code {show_code(event.ticket)}" if event.ticket else ""
        seen = f" [{', '.join(techniques_in(event.signs))}]" if event.signs else ""
        return _columns(
            f"{event.time.astimezone(self._zone):%Y-%m-%d %H:%M:%S}",
            event.action.value,
            event.reason.value,
            event.group,
            event.client,
            printable(what + (f" ({because})" if because else "") + seen + code),
        )


def printable(text: str) -> str:
    """Replace what could steer a terminal: a URL's text comes from strangers."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _columns(*cells: str) -> str:
    widths: Sequence[int] = (19, 7, 14, 10, 15, 0)
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _print(journal: Journal, wanted: Wanted, limit: int | None, printer: Printer) -> int:
    if wanted.ticket:
        found = journal.by_ticket(wanted.ticket)
        if found is None:
            shown = show_code(wanted.ticket)
            print(
                f"schoolgate: no event has the code {shown}; it may be past the retention time, or another "
                "gateway's",
                file=sys.stderr,
            )
            return Exit.NO
        printer.show([found])
        return Exit.OK
    if limit is None:
        printer.show(journal.events(wanted))
    else:
        printer.show(reversed([*journal.events(wanted, limit=limit, newest_first=True)]))
    losses = journal.losses(wanted.since)
    for count, what in (
        (losses.dropped, "events were lost because the disk took nothing until memory was full"),
        (losses.evicted, "events were deleted early because journal.max_bytes was reached"),
        (losses.damaged, "damaged parts of the spool were skipped"),
        (losses.refused, "files of the archive do not verify and were left out"),
    ):
        if count:
            print(f"schoolgate: warning: in this time {count} {what}", file=sys.stderr)
    return Exit.OK


def _follow(state: Path, wanted: Wanted, printer: Printer, *, from_now: bool) -> int:
    follower = Follower(state / "spool", wanted, from_now=from_now)
    try:
        if not from_now:
            journal = _journal(state)
            with journal.steady():
                printer.show(journal.gone_from_spool(wanted))
                printer.show(follower.poll())
        while True:
            printer.show(follower.poll())
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        return Exit.OK


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 up, not '{text}'")
    return int(text)
