"""What happens to requests by the clock alone?

Each of these can be called at any moment, as often as one likes and by several at once: it looks for what
is due, takes each in a transaction of its own, and looks again there whether it still is. Nothing here
approves or denies.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Model, Q, QuerySet

from proxy import metrics
from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.models import Person
from proxy.console.review import desk, left_behind, letters, telling
from proxy.console.review.desk import turns
from proxy.console.review.desk.taking import Turn, taking
from proxy.console.review.models import Case, Opening, Telling
from proxy.console.review.states import State, Step
from proxy.console.review.timetable import TELLING_DUE, timetable
from proxy.console.review.workflow import Forbidden

log = logging.getLogger("schoolgate.console")

AT_ONCE = 500
ASKED_AGAIN = timedelta(days=30)


class _NotNow(Forbidden):
    """Somebody was faster, and it is no longer due."""


def escalate(at: datetime) -> int:
    """Hand every overdue case up to the next named person; return how many went.

    It stays visible as overdue, and whoever holds it can still answer. Where there is no next person the
    administrators hear of it, once for each time that an answer may take. What was told to an adult and not
    taken up goes on to the next adult. First of all, what somebody holds or is in charge of who has left, or
    has that duty no more, goes to others, and what nobody could answer to whoever can (see `left_behind`).
    """
    _each("release", left_behind.held(at), lambda pk: left_behind.release(pk, at))
    _each("give_back", left_behind.unsigned(at), lambda pk: left_behind.give_back(pk, at))
    _each("hand_on", left_behind.in_charge(at), lambda pk: left_behind.hand_on(pk, at))
    _each("hand_on", left_behind.in_nobodys(at), lambda pk: left_behind.hand_on(pk, at))
    _each("hand_on_telling", left_behind.told(at), lambda pk: left_behind.tell_next(pk, at))
    due = Case.objects.filter(escalates_at__lte=at).order_by("escalates_at")
    cases = _each("escalate", due, lambda pk: _escalate(pk, at))
    waiting = Telling.objects.filter(escalates_at__lte=at, taken_at__isnull=True)
    return cases + _each("escalate_telling", waiting, lambda pk: _tell_next(pk, at))


def _escalate(case_id: int, at: datetime) -> None:
    with taking(case_id, Step.ESCALATE, None, at=at) as turn:
        case = turn.case
        if case.escalates_at is None or case.escalates_at > at:
            raise _NotNow("not overdue any more")
        case.overdue_at = case.overdue_at or case.due_at or at
        case.escalates_at = turn.times.after(at, turns.allowed(case, turn.times))
        case.remind_at = None
        upper = _next_official(turn)
        if upper is None:
            letters.nobody_left(case, at)
        else:
            case.level += 1
            case.official = upper
            turn.told["to"] = f"person:{upper.pk}"
            letters.overdue(case, at)
        turn.told["level"] = case.level


def _next_official(turn: Turn) -> Person | None:
    """The one after the official in charge, who can answer and does not hold the case already."""
    case = turn.case
    line = turns.candidates(case, turn.at, turn.times, after=case.official)
    return next((person for person in line if person.pk != case.holder_id), None)


def _tell_next(telling_id: int, at: datetime) -> None:
    with transaction.atomic():
        told = Telling.objects.select_for_update().get(pk=telling_id)
        if told.taken_at is not None or told.escalates_at is None or told.escalates_at > at:
            raise _NotNow("taken up")
        told.escalates_at = timetable().after(at, TELLING_DUE)
        telling.hand_on(told, at)
        _note("telling.escalate", f"telling:{told.pk}", at)


def remind(at: datetime) -> int:
    """Remind whoever must answer soon, or who was asked a question and has not answered."""
    due = Case.objects.filter(remind_at__lte=at).order_by("remind_at")
    return _each("remind", due, lambda pk: _remind(pk, at))


def _remind(case_id: int, at: datetime) -> None:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.remind_at is None or case.remind_at > at:
            raise _NotNow("reminded")
        case.remind_at = None
        case.save(update_fields=["remind_at"])
        letters.due_soon(case, at)
        _note("case.remind", f"case:{case.pk}", at)


def close_unappealed(at: datetime) -> int:
    """Close every denial that nobody appealed in time."""
    over = Case.objects.filter(state=State.DENIED.value, appeal_until__lte=at)
    return _each("close", over, lambda pk: desk.close(pk, at=at))


def expire(at: datetime) -> int:
    """End every case of which nothing is open any more because its end has come."""
    still = Q(ends__isnull=True) | Q(ends__gt=at)
    over = Opening.objects.filter(
        ends__lte=at, revoked_at__isnull=True, case__state=State.APPROVED.value
    ).exclude(case__in=Opening.objects.filter(still, revoked_at__isnull=True).values("case"))
    return _each("expire", Case.objects.filter(pk__in=over.values("case")), lambda pk: desk.expire(pk, at=at))


def yearly_reviews(at: datetime) -> int:
    """Ask an official to look again at what has stood open for a year, and every 30 days until it was."""
    today = timetable().day(at)
    return _each("yearly_review", _to_review(today), lambda pk: _ask(pk, today, at))


def _to_review(today: date) -> QuerySet[Opening]:
    asked = Q(asked_on__isnull=True) | Q(asked_on__lte=today - ASKED_AGAIN)
    return Opening.objects.filter(
        asked, review_on__lte=today, revoked_at__isnull=True, case__state=State.APPROVED.value
    )


def _ask(opening_id: int, today: date, at: datetime) -> None:
    with transaction.atomic():
        opening = _to_review(today).select_for_update(of=("self",)).filter(pk=opening_id).first()
        if opening is None:
            raise _NotNow("asked")
        opening.asked_on = today
        opening.save(update_fields=["asked_on"])
        school = "" if desk.holds_beyond(opening) else opening.case.school
        letters.yearly_review(opening.case, today, at, school=school)
        _note("case.yearly_review", f"case:{opening.case_id}", at)


def _note(action: str, about: str, at: datetime) -> None:
    append(action, actor=actors.TIMERS, about=about, at=at)


def _each[M: Model](what: str, rows: QuerySet[M], act: Callable[[int], object]) -> int:
    """Act on each row in turn, by its key, until enough were done for once; return how many were.

    One that fails is logged, and neither that one nor one that is not due after all counts: however many of
    them come first, they keep no other one from its turn.

    Raises OperationalError when the database itself is gone.
    """
    done = 0
    for key in list(rows.values_list("pk", flat=True)):
        if done == AT_ONCE:
            break
        try:
            act(key)
        except Forbidden:
            continue
        except OperationalError:
            raise
        except Exception:
            metrics.ERRORS.inc("clockwork")
            log.exception("%s of number %d failed; it is tried again with the next round", what, key)
            continue
        done += 1
    return done
