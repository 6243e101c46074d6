"""What is answered to each row of a recording, in the recording's order?

Rows that belong together (one session, one client with moments of its own) are judged in the order of their
moments, with a watch over DNS names of their own; they are read first and only they are held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.bypass.all_detectors import ALL, Detectors
from proxy.bypass.noticing import OnFault
from proxy.bypass.observed import Question
from proxy.replay.answers import Answered
from proxy.replay.errors import NoRecording
from proxy.replay.formats.captured import read_capture
from proxy.replay.formats.jsonl import read_jsonl
from proxy.replay.formats.pcap import is_capture
from proxy.replay.judging import Judging, Watch
from proxy.replay.rows import Complaint, Row, Told, Truth
from proxy.replay.rules import Rules, is_explicit
from proxy.replay.watching import new_watch


@dataclass(frozen=True, slots=True)
class Judged:
    """One row's answer, with what its author wrote beside it (which nothing that judges has seen)."""

    kind: str
    answered: Answered
    truth: Truth


@dataclass(frozen=True, slots=True)
class Judges:
    """Makes what judges.

    at         the moment of the school's time, aware
    on_fault   told the name of a detector that raised, and what
    watch      makes a watch over the DNS names of clients
    """

    rules: Rules
    at: datetime
    on_fault: OnFault
    detectors: Detectors = ALL
    watch: Callable[[], Watch] = new_watch

    def judging(self) -> Judging:
        """One that remembers nothing yet."""
        return Judging(self.rules, self.detectors, self.watch(), self.at, self.on_fault)


def replay(file: Path, judges: Judges) -> Iterator[Judged | Complaint]:
    """Answer a recording row by row.

    Raises NoRecording for a file of no known form, and OSError.
    """
    judging = judges.judging()
    together = _together(file, judges)
    for told in _read(file, judges.rules):
        if isinstance(told, Complaint):
            yield told
            continue
        row = told.row
        answered = together.get(row.line) or judging.answer(row)
        yield Judged(row.kind, answered, told.truth)


def _read(file: Path, rules: Rules, only: bytes = b"") -> Iterator[Told | Complaint]:
    if file.is_dir():
        raise NoRecording(f"{file} is a folder; a recording is one file")
    with file.open("rb") as begin:
        is_packets = is_capture(begin.read(4))
    if is_packets:
        return iter(()) if only else read_capture(file)
    return read_jsonl(file, lambda destination: is_explicit(rules.knowledge.around, destination), only)


def _together(file: Path, judges: Judges) -> dict[int, Answered]:
    """Answers to the rows that belong together, by line."""
    groups: dict[str, list[Row]] = {}
    for told in _read(file, judges.rules, b'"qname"'):
        if isinstance(told, Told) and told.row.together:
            groups.setdefault(told.row.together, []).append(told.row)
    answers: dict[int, Answered] = {}  # a capture has none: its packets stand in order
    for rows in groups.values():
        judging = judges.judging()
        for row in sorted(rows, key=_moment):
            answers[row.line] = judging.answer(row)
    return answers


def _moment(row: Row) -> tuple[float, int]:
    seen = row.seen[0] if row.seen else None
    return (seen.at if isinstance(seen, Question) else row.at), row.line
