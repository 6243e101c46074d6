"""How well do the answers fit what the rows' author wrote: how much was caught, how much of it rightly?

    recall               of the bypasses, the share that was stopped
    precision            of what was stopped, the share that is a bypass
    incident precision   of what was to be an incident, the share that is due one

A row is stopped when its verdict is `block` or `block_incident`, or `rewrite` where no other is due. The
rows of one session count as one: stopped when one of its first IN_TIME queries is, an incident when any of
them is. Rows that say nothing about a figure are left out of it, so sparse labels do no harm.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from proxy.replay.answers import Outcome
from proxy.replay.recording import Judged

IN_TIME = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio with the counts behind it."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one kind or technique.

    rows, bypasses   how many rows (a session is one) carry a label, and how many of these are bypasses
    """

    rows: int
    bypasses: int
    recall: Share
    precision: Share
    incidents: Share


@dataclass(frozen=True, slots=True)
class Case:
    """A row, or all rows of one session, as a score counts it.

    written    the label's technique
    answered   the technique of the answer that stopped it; "" where nothing did
    """

    kind: str
    written: str
    answered: str
    is_bypass: bool | None
    expects_incident: bool | None
    is_stopped: bool
    is_incident: bool


@dataclass(slots=True)
class _Session:
    kind: str
    rows: list[Judged] = field(default_factory=list)


def cases(judged: Iterable[Judged]) -> Iterator[Case]:
    """Bring answers together as they are counted. Rows without any label yield nothing."""
    sessions: dict[str, _Session] = {}
    for one in judged:
        if one.truth.session:
            sessions.setdefault(one.truth.session, _Session(one.kind)).rows.append(one)
        elif (case := _case(one.kind, [one])) is not None:
            yield case
    for session in sessions.values():
        if (case := _case(session.kind, session.rows)) is not None:
            yield case


def _case(kind: str, rows: list[Judged]) -> Case | None:
    truths = [one.truth for one in rows if one.truth.is_bypass is not None]
    expects = [one.truth.expect for one in rows if one.truth.expect]
    if not truths and not expects:
        return None
    in_time = rows[:IN_TIME]
    stopping = next((one.answered for one in in_time if _is_stopped(one)), None)
    incident = next((o.answered for o in rows if o.answered.outcome is Outcome.BLOCK_INCIDENT), None)
    deciding = incident if incident is not None and stopping is not None else stopping
    is_bypass = any(truth.is_bypass for truth in truths) if truths else None
    return Case(
        kind=kind,
        written=next((truth.technique for truth in truths if truth.technique), ""),
        answered=deciding.technique if deciding is not None else "",
        is_bypass=is_bypass,
        expects_incident=Outcome.BLOCK_INCIDENT.value in expects if expects else None,
        is_stopped=stopping is not None,
        is_incident=incident is not None,
    )


def _is_stopped(one: Judged) -> bool:
    if one.answered.outcome is Outcome.REWRITE:
        return one.truth.expect in ("", Outcome.REWRITE.value)
    return one.answered.outcome in (Outcome.BLOCK, Outcome.BLOCK_INCIDENT)


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores over all rows, by kind, and by technique within each kind."""

    overall: Score
    kinds: Mapping[str, Score]
    techniques: Mapping[str, Mapping[str, Score]]


def scores(judged: Iterable[Judged]) -> Scores:
    """Score answers."""
    found = list(cases(judged))
    kinds = sorted({case.kind for case in found})
    techniques = {}
    for kind in kinds:
        of_kind = [case for case in found if case.kind == kind]
        names = sorted({name for case in of_kind for name in (case.written, case.answered) if name})
        techniques[kind] = {name: _of_technique(of_kind, name) for name in names}
    return Scores(
        _score(found, found),
        {kind: _score(those, those) for kind in kinds for those in ([c for c in found if c.kind == kind],)},
        techniques,
    )


def _of_technique(those: list[Case], name: str) -> Score:
    """Recall of the rows labelled with a technique; precision of the answers that name it."""
    written = [case for case in those if case.written == name]
    return _score(written, [case for case in those if case.answered == name])


def _score(written: list[Case], answered: list[Case]) -> Score:
    labelled = [case for case in written if case.is_bypass is not None]
    bypasses = [case for case in labelled if case.is_bypass]
    stopped = [case for case in answered if case.is_stopped and case.is_bypass is not None]
    incidents = [case for case in answered if case.is_incident and case.expects_incident is not None]
    return Score(
        len(labelled),
        len(bypasses),
        Share(sum(case.is_stopped for case in bypasses), len(bypasses)),
        Share(sum(bool(case.is_bypass) for case in stopped), len(stopped)),
        Share(sum(bool(case.expects_incident) for case in incidents), len(incidents)),
    )
