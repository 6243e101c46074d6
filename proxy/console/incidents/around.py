"""What happened just before and after something was found? Events of the same client at the same site alone.

Nobody's browsing is shown: other sites, other clients and other hours stay out, whoever asks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from proxy.console.incidents.models import Finding
from proxy.console.incidents.spoken import category, reason, spoken, stage
from proxy.decision.verdict import Action
from proxy.journal.archive import open_events
from proxy.journal.event import Event
from proxy.journal.wanted import Wanted

SPAN = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
MOST_READ = 500
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Line:
    """Events of one kind that followed each other.

    at       when the first was
    stage    how it was seen, in words
    reason   what the verdict rested on, in words; "" where nothing spoke
    times    how many
    """

    at: datetime
    stage: str
    host: str
    is_blocked: bool
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class Around:
    """The time around a finding.

    is_cut   there was more than is shown
    """

    lines: tuple[Line, ...] = ()
    is_cut: bool = False


def around(state: Path, finding: Finding) -> Around:
    """Read the events around a finding; none where its site is not known: every site would do, then.

    state   the gateway's state directory

    Raises what reading the journal raises.
    """
    if not finding.site:
        return Around()
    wanted = Wanted(
        since=finding.first_at - SPAN,
        until=min(finding.last_at, finding.first_at + LONGEST) + SPAN,
        host=finding.site,
        client=finding.client,
        subject=finding.subject or None,
    )
    events = list(open_events(state).events(wanted, limit=MOST_READ + 1))
    lines = list(islice(_folded(events[:MOST_READ]), MOST_LINES + 1))
    return Around(tuple(lines[:MOST_LINES]), len(events) > MOST_READ or len(lines) > MOST_LINES)


def _folded(events: Iterable[Event]) -> Iterator[Line]:
    line: Line | None = None
    for event in events:
        following = _line(event)
        if line is not None and _kind(line) == _kind(following):
            line = Line(line.at, *_kind(line), line.times + 1)
            continue
        if line is not None:
            yield line
        line = following
    if line is not None:
        yield line


def _kind(line: Line) -> tuple[str, str, bool, str]:
    return line.stage, line.host, line.is_blocked, line.reason


def _line(event: Event) -> Line:
    return Line(
        event.time, stage(event.stage.value), event.host, event.action is Action.BLOCK, _reason(event), 1
    )


def _reason(event: Event) -> str:
    if event.list_id == "bypass":
        return spoken(event.rule).title
    return category(event.category) or reason(event.reason)
