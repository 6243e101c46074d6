"""How does a source of duties say what somebody is charged with?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind, Source
from proxy.console.people.models import Duty, Person

GIVEN, ENDED, REFUSED, AGREED = "duty.give", "duty.end", "duty.refused", "duty.agreed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A duty that a source gives. `school` is the id of the policy's school scope; "" for every school."""

    kind: DutyKind
    school: str = ""
    rank: int = 1
    begins: date | None = None
    ends: date | None = None


def charge(
    person: Person, wanted: Collection[Wanted], source: Source, *, actor: str, at: datetime, on: date
) -> str | None:
    """Make the duties that a source gave to a person those that it gives now, and record each change.

    What other sources gave stays. Returns None, or why nothing was changed: the database refuses duties that
    do not go together.
    """
    given = {(each.kind.value, each.school) for each in wanted}
    try:
        with transaction.atomic():
            Person.objects.hold(person)
            held = list(Duty.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), person=person))
            for duty in held:
                if duty.source == source.value and (duty.kind, duty.school) not in given:
                    end(duty, actor=actor, at=at, on=on)
            theirs = {(duty.kind, duty.school) for duty in held if duty.source != source.value}
            for each in wanted:
                if (each.kind.value, each.school) not in theirs:
                    give(person, each, source, actor=actor, at=at)
    except IntegrityError:
        return "an auditor has no other duty at the same time; nothing was changed for this person"
    return None


def note_taken(
    person: Person, wanted: Collection[Wanted], source: Source, problem: str | None, *, at: datetime
) -> None:
    """Record that what a source gave was not taken over, and why, or that it is again. In a transaction."""
    if problem is None and refused_duties(person) is None:
        return
    kinds = sorted({each.kind.value for each in wanted})
    detail = {"source": source.value, "kinds": kinds, **({"why": problem} if problem else {})}
    who = actors.person(person)
    append(REFUSED if problem else AGREED, actor=who, about=who, detail=detail, at=at)


def refused_duties(person: Person) -> AuditRecord | None:
    """The record that the duties which a source gave last were not taken over; None: there is no such."""
    told = AuditRecord.objects.filter(about=actors.person(person), action__in=(REFUSED, AGREED, GIVEN, ENDED))
    last = told.order_by("-number").first()
    return last if last is not None and last.action == REFUSED else None


def give(
    person: Person, wanted: Wanted, source: Source, *, actor: str, at: datetime, by: Person | None = None
) -> bool:
    """Give one duty, or change its rank and days; return whether anything changed. Inside a transaction.

    by    the administrator who gives it; the database refuses it when that is the person
    """
    Person.objects.hold(person)
    key = {"person": person, "kind": wanted.kind.value, "school": wanted.school}
    values = {"rank": wanted.rank, "begins": wanted.begins, "ends": wanted.ends, "source": source.value}
    duty = Duty.objects.filter(**key).first() or Duty(**key)
    if duty.pk is not None and all(getattr(duty, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(duty, name, value)
    duty.assigned_by, duty.assigned_at = by, at if by is not None else None
    duty.save()
    _record(GIVEN, duty, actor, at)
    return True


def end(duty: Duty, *, actor: str, at: datetime, on: date, by: Person | None = None) -> None:
    """End a duty before this day, and keep its row. Inside a transaction."""
    duty.ends = on - timedelta(days=1)
    if by is not None:
        duty.assigned_by, duty.assigned_at = by, at
    duty.save()
    _record(ENDED, duty, actor, at)


def _record(action: str, duty: Duty, actor: str, at: datetime) -> None:
    detail = {
        "kind": duty.kind,
        "school": duty.school,
        "rank": duty.rank,
        "begins": duty.begins.isoformat() if duty.begins else None,
        "ends": duty.ends.isoformat() if duty.ends else None,
        "source": duty.source,
    }
    append(action, actor=actor, about=actors.person(duty.person), detail=detail, at=at)
