"""Whom does a student tell that something on the net worries them, and who looks after it? (S15)

A telling is no request: it is not joined, not decided and not appealed. It goes to an adult by name; the
next one is told when nobody has taken it up in time. Only the adults whom it is for can read it.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.access import duties_of, ever_had_duty, officials
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.post.compose import queue_letter
from proxy.console.review.models import Telling
from proxy.console.review.timetable import TELLING_DUE, timetable
from proxy.console.review.workflow import Forbidden

ADULTS = (DutyKind.COUNSELOR, DutyKind.ADMINISTRATOR)
"""Who is told, in this order: administrators hear of it only where no counselor is named, or none answers."""


def adults(school: str, on: date) -> list[Person]:
    """Who is told at a school, in the order in which they are."""
    people = {person.pk: person for kind in ADULTS for person in officials(kind, school, on)}
    return list(people.values())


def next_adult(school: str, to: Person | None, on: date) -> Person | None:
    """Who is told after somebody who may have left; at the end the first one again. None: nobody is named."""
    line = adults(school, on)
    after: list[Person] = []
    reached = False
    for kind in ADULTS:
        reached = reached or (to is not None and ever_had_duty(to, kind, school))
        after += officials(kind, school, on, after=to) if reached else []
    return next((person for person in (*after, *line) if person != to), to if to in line else None)


def tell(*, by: Person | None, subject: str, school: str, text: str, url: str = "", at: datetime) -> Telling:
    """Keep what somebody tells, and let the first adult of the school know that they are waited for.

    by, subject   who tells: a person, or the device that the gateway knew
    url           the page that it is about, "" where none is

    Where nobody is named at all it is kept, and seen by whoever is named later.
    """
    times = timetable()
    told = adults(school, times.day(at))
    with transaction.atomic():
        telling = Telling.objects.create(
            by=by,
            subject=subject,
            school=school,
            at=at,
            text=text,
            url=url,
            to=told[0] if told else None,
            escalates_at=times.after(at, TELLING_DUE),
        )
        let_know(telling, at)
        append(
            "telling.tell",
            actor=_actor(by),
            about=f"telling:{telling.pk}",
            detail={"school": school},
            at=at,
        )
    return telling


def _actor(by: Person | None) -> str:
    if by is None:
        return actors.STRANGER
    return actors.ASKER if by.is_student else actors.person(by)


def hand_on(telling: Telling, at: datetime) -> None:
    """Give it to the next adult, and let them know. In a transaction that holds it."""
    telling.level += 1
    telling.to = next_adult(telling.school, telling.to, timetable().day(at))
    telling.save(update_fields=["level", "to", "escalates_at"])
    let_know(telling, at)


def let_know(telling: Telling, at: datetime) -> None:
    """Queue the letter to the adult whose it is now."""
    if telling.to is not None:
        queue_letter(telling.to, "adult", {}, key=f"telling.{telling.pk}.{telling.level}", at=at)


def waiting_for(person: Person, on: date) -> QuerySet[Telling]:
    """What nobody has taken up yet and this person may, oldest first."""
    return seen_by(person, on).filter(taken_at__isnull=True).order_by("at", "pk")


def seen_by(person: Person, on: date) -> QuerySet[Telling]:
    """What this person may read: the counselors of a school all of it, everybody else what came to them."""
    schools = {duty.school for duty in duties_of(person, on) if duty.kind is DutyKind.COUNSELOR}
    if "" in schools:
        return Telling.objects.all()
    return Telling.objects.filter(Q(to=person) | Q(taken_by=person) | Q(school__in=schools))


def take_up(telling_id: int, by: Person, at: datetime, note: str = "") -> Telling:
    """Say that somebody looks after it; the first one counts.

    Raises Forbidden for whoever may not see it, and when somebody else has taken it up; it is then told who.
    """
    with transaction.atomic():
        telling = Telling.objects.select_for_update().filter(pk=telling_id).first()
        on = timetable().day(at)
        if telling is None or not seen_by(by, on).filter(pk=telling_id).exists():
            raise Forbidden(_("This is not for you to take up."))
        if telling.taken_by is not None and telling.taken_by != by:
            raise Forbidden(_("%(who)s looks after this.") % {"who": telling.taken_by.name})
        if telling.taken_at is None:
            telling.taken_at, telling.taken_by, telling.note = at, by, note
            telling.escalates_at = None
            telling.save(update_fields=["taken_at", "taken_by", "note", "escalates_at"])
            append(
                "telling.take_up", actor=actors.person(by), about=f"telling:{telling.pk}", detail={}, at=at
            )
    return telling
