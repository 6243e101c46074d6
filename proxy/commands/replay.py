"""`schoolgate replay`: what would have become of recorded traffic, row by row?"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from proxy.commands import Commands, Exit, progress
from proxy.decision.schedule import YEARS
from proxy.replay.errors import NoRecording, NoRules
from proxy.replay.policies import rules_from
from proxy.replay.recording import Judged, Judges, replay
from proxy.replay.rows import Complaint
from proxy.replay.score_page import as_json, table
from proxy.replay.scoring import scores
from proxy.settings.problem import Problem

DESCRIPTION = """Reads recorded traffic (JSON lines of requests, DNS questions and connections, or a pcap or
pcapng file for DNS) and says what the filter would have done with each row, by the code that judges live.
Prints one JSON object a line: id, verdict, technique, evidence, explanation. Nothing is recorded, nothing is
put in force, and no packet is sent.

  schoolgate replay classroom.pcap --policy config/demo --as middle
  schoolgate replay requests.jsonl --policy policy.json
  schoolgate replay requests.jsonl --policy policy.json --score

Exit status: 0 every row was answered; 2 a row could not be read, or the command line is wrong (the other
rows were answered); 3 the file is no recording, or no policy can be made of what --policy names.
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "replay",
        help="say what would have become of recorded traffic, row by row",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the recording: JSON lines, pcap or pcapng")
    parser.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="POLICY",
        help="a folder of settings, or a policy.json as it lies beside recorded samples",
    )
    parser.add_argument(
        "--as",
        dest="group",
        default="",
        metavar="GROUP",
        help="judge every client as this group (default: the group called like the client's role, or the "
        "one that its address belongs to)",
    )
    parser.add_argument("--at", metavar="TIME", help='school time, such as "2026-11-23 10:40" (default: now)')
    parser.add_argument(
        "--score",
        action="store_true",
        help="print how well the answers fit the rows' labels, not the answers",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the score as one JSON object (answers are JSON anyway)"
    )
    parser.add_argument(
        "--blocklists",
        type=Path,
        metavar="DIR",
        help="directory with safe_search.yaml and bypass/ (default: that of the settings, or our own)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer every row; exit status 2 when some could not be read."""
    try:
        with progress.shown() as told:
            rules = rules_from(args.policy, args.group, args.blocklists, told)
        at = moment(args.at, rules.policy.zone)
    except NoRules as none:
        return _failed(Exit.FAILED, *none.problems)
    except NoTime as none:
        return _failed(Exit.USAGE, str(none))
    for note in rules.notes:
        _say(note)
    faults: Counter[str] = Counter()
    judges = Judges(rules, at, lambda name, error: faults.update([f"{name} ({type(error).__name__})"]))
    printer = _Printer(args.file)
    try:
        _print(args, printer.answers(replay(args.file, judges)))
    except NoRecording as none:
        return _failed(Exit.FAILED, str(none))
    for name, times in faults.items():
        _say(f"the detector {name} failed {times} times; those rows were refused")
    return Exit.USAGE if printer.complaints else Exit.OK


def _print(args: argparse.Namespace, judged: Iterator[Judged]) -> None:
    if args.score:
        found = scores(judged)
        print(json.dumps(as_json(found), indent=1) if args.json else table(found))
        return
    for one in judged:
        print(json.dumps(one.answered.as_json()))


class _Printer:
    """Hands answers on, and says what could not be read as it is met."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.complaints = 0

    def answers(self, found: Iterator[Judged | Complaint]) -> Iterator[Judged]:
        """Yield the answers; print the rest."""
        for one in found:
            if isinstance(one, Judged):
                yield one
                continue
            self.complaints += 1
            at = 1 if one.line else 0
            field = f"`{one.field}`" if one.field else ""
            problem = Problem(str(self._file), one.line, at, "", field, one.wrong, one.hint)
            print(problem, file=sys.stderr)


def _failed(status: Exit, *problems: str) -> int:
    for problem in problems:
        _say(problem)
    return status


def _say(text: str) -> None:
    print(f"schoolgate: {text}", file=sys.stderr)


class NoTime(ValueError):
    """What --at names is no time; the message says what would be."""


def moment(text: str | None, zone: ZoneInfo) -> datetime:
    """Read --at, in the school's zone unless it names its own; the present when it is not given.

    Raises NoTime.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoTime(f"'{text}' is no time; write it as 2026-11-23 10:40") from error
    if found.year not in YEARS:
        raise NoTime(f"'{text}' is out of reach; years from {YEARS[0]} to {YEARS[-1]}")
    return found if found.tzinfo else found.replace(tzinfo=zone)
