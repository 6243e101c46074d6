"""How is one step of a case taken: locked, allowed, moved and recorded in one transaction?"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.look import dates
from proxy.console.people.models import Person
from proxy.console.review import visibility
from proxy.console.review.desk import counting
from proxy.console.review.desk.recording import publish, record
from proxy.console.review.labels import DID, NOW_IS
from proxy.console.review.models import Case, Decision, Move
from proxy.console.review.states import Lane, State, Step
from proxy.console.review.timetable import Timetable, timetable
from proxy.console.review.workflow import ENDED, TABLE, Actor, Forbidden, after

ASKING = frozenset({Actor.ASKER, Actor.APPELLANT})


class Incomplete(Forbidden):
    """Something that the step needs is missing or wrong; `field` names it, the message can be shown."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooMany(Forbidden):
    """Somebody asked as often as one person, or one device that several use, can in a day."""


class Overtaken(Forbidden):
    """Somebody else was faster: the case is no longer as it was seen. Nothing was done.

    case    as it is now
    move    what the other one did; None when that is not known
    """

    def __init__(self, case: Case, move: Move | None) -> None:
        super().__init__(_what_happened(case, move))
        self.case = case
        self.move = move


def _what_happened(case: Case, move: Move | None) -> str:
    told = str(NOW_IS[State(case.state)])
    if move is None or not move.step:
        return told
    # Askers of a joined request do not learn each other's names.
    of_staff = move.by is not None and not TABLE[State(move.before), Step(move.step)].by & ASKING
    who = move.by.name if move.by is not None and of_staff else _("Somebody")
    when = dates.clock(move.at.astimezone(timetable().zone))
    return f"{DID[Step(move.step)] % {'who': who, 'when': when}} {told}"


@dataclass(slots=True)
class Turn:
    """A step while it is being taken. Whoever takes it changes the case's fields; the state is not theirs.

    before      the state that the step leaves
    note        goes into the case's history
    told        goes into the audit record; ids and figures, no texts and no names
    publishes   whether what is open may have changed
    """

    case: Case
    by: Person | None
    at: datetime
    times: Timetable
    before: State
    note: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    publishes: bool = False

    def tell_decision(self, decision: Decision) -> None:
        """Put a decision into the audit record, its words by their hash."""
        self.told |= {
            "decision": decision.pk,
            "stage": decision.stage,
            "outcome": decision.outcome,
            "listing": decision.listing,
            "checklist": {key: given["answer"] for key, given in decision.checklist.items()},
            "reason_sha256": hashlib.sha256(decision.reason.encode()).hexdigest(),
        }
        if decision.second_id is not None:
            self.told["second"] = f"person:{decision.second_id}"


@contextmanager
def taking(
    case_id: int,
    step: Step,
    by: Person | None,
    *,
    at: datetime,
    seen: int | None = None,
    guardian: bool = False,
) -> Iterator[Turn]:
    """Take a step: what is done inside, the case's new state, its move and its record are kept together.

    by     None: the clock
    seen   id of the last move that `by` had on screen; None: not known

    Raises Case.DoesNotExist, Forbidden when the step is not `by`'s to take, and Overtaken when somebody
    else changed the case since, or took the step that was open a moment ago.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        _check(case, step, by, at, seen, guardian)
        before = State(case.state)
        turn = Turn(case, by, at, timetable(), before)
        case.state = TABLE[before, step].after.value
        yield turn
        if State(case.state) in ENDED:
            case.ended_at = at
        case.save()
        counting.overdue(case, before)
        _record(turn, step)


def _record(turn: Turn, step: Step) -> None:
    """Write a step's move and audit record, the last things in its transaction."""
    case = turn.case
    move = Move.objects.create(
        case=case,
        step=step.value,
        before=turn.before.value,
        after=case.state,
        by=turn.by,
        at=turn.at,
        note=turn.note,
    )
    record(f"case:{case.pk}", move, _actor(turn), turn.told)
    if turn.publishes:
        publish(turn.at)


def _actor(turn: Turn) -> str:
    if turn.by is None:
        return actors.TIMERS
    if turn.case.lane == Lane.PRIVATE.value and turn.by.is_student:
        return actors.ASKER
    return actors.person(turn.by)


def remark(case_id: int, note: str, *, at: datetime) -> None:
    """Put a remark of a program into a case's history; its state stays."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        Move.objects.create(case=case, step="", before=case.state, after=case.state, at=at, note=note)
        append("case.remark", actor=actors.TIMERS, about=f"case:{case.pk}", at=at)


def _check(case: Case, step: Step, by: Person | None, at: datetime, seen: int | None, guardian: bool) -> None:
    if by is None:
        after(State(case.state), step, frozenset({Actor.CLOCK}))
        return
    since = _moves_of_others(case, by, seen)
    if seen is not None and since is not None:
        raise Overtaken(case, since)
    why = visibility.why_not(by, case, step, timetable().day(at), guardian=guardian)
    if why is None:
        return
    if (State(case.state), step) not in TABLE and since is not None:
        raise Overtaken(case, since)
    raise Forbidden(why)


def _moves_of_others(case: Case, by: Person, seen: int | None) -> Move | None:
    """The last step that somebody else took, after the move that was seen, if any."""
    moves = case.moves.exclude(step="").filter(by__isnull=False).exclude(by=by)
    if seen is not None:
        moves = moves.filter(pk__gt=seen)
    move = moves.select_related("by").order_by("-pk").first()
    return move if move is not None and (seen is not None or move.after == case.state) else None
