"""Which duties has a person on a day, and who is an official of which kind at a school?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.settings.schema.who import Role

STAFF_ROLES = frozenset({Role.TEACHER.value, Role.AIDE.value, Role.PROCTOR.value, Role.ADMINISTRATOR.value})
"""Whoever works at the school."""
ASKING_ROLES = STAFF_ROLES | {Role.STUDENT.value}
"""Whoever has one of these roles can ask, unless they audit; parents and outside accounts cannot."""


@dataclass(frozen=True, slots=True)
class DutyAt:
    """A duty in force. `school` is the id of the policy's school scope; "" for every school."""

    kind: DutyKind
    school: str


def duties_of(person: Person, on: date) -> frozenset[DutyAt]:
    """The duties of a person on a day; none for somebody whose account cannot be used then."""
    if not person.may_use(on):
        return frozenset()
    held = Duty.objects.filter(in_force(on), person=person)
    return frozenset(DutyAt(DutyKind(kind), school) for kind, school in held.values_list("kind", "school"))


def has_duty(person: Person, kind: DutyKind, on: date, school: str | None = None) -> bool:
    """Say whether a person has a duty on a day.

    school    the school it is needed for, "" for the whole district; None: any. A duty for every school
              counts everywhere; a duty for one school does not count for the whole district
    """
    return holds(duties_of(person, on), kind, school)


def holds(duties: Collection[DutyAt], kind: DutyKind, school: str | None = None) -> bool:
    """As `has_duty`, of duties looked up before."""
    return any(duty.kind is kind and (school is None or duty.school in ("", school)) for duty in duties)


def is_auditor(duties: Collection[DutyAt]) -> bool:
    """Say whether somebody with these duties audits: they read everything, and have no other duty (S87)."""
    return holds(duties, DutyKind.AUDITOR)


def may_ask(role: str, duties: Collection[DutyAt]) -> bool:
    """Say whether somebody of a role and with these duties asks for pages. An auditor changes nothing."""
    return role in ASKING_ROLES and not is_auditor(duties)


def officials(kind: DutyKind, school: str, on: date, *, after: Person | None = None) -> list[Person]:
    """Who has a duty at a school on a day, in the order in which they are asked.

    The school's own come first, by rank, then those of every school; each person once. For "" only those
    of every school are named.

    after   only those who are asked after this person, who may have the duty no more; all of them where this
            person never had it
    """
    ever = Duty.objects.filter(kind=kind.value, school__in={"", school}).select_related("person")
    ordered = sorted(ever, key=lambda duty: (duty.school == "", duty.rank, duty.pk))
    people: dict[int, tuple[int, Person]] = {}
    for place, duty in enumerate(ordered):
        if duty.is_on(on) and duty.person.may_use(on):
            people.setdefault(duty.person.pk, (place, duty.person))
    places = (place for place, duty in enumerate(ordered) if after is not None and duty.person == after)
    last = people[after.pk][0] if after is not None and after.pk in people else next(places, -1)
    return [person for place, person in people.values() if place > last]


def ever_had_duty(person: Person, kind: DutyKind, school: str) -> bool:
    """Say whether a person has, had or will have a duty at a school."""
    return Duty.objects.filter(person=person, kind=kind.value, school__in={"", school}).exists()


def can_be_sponsor(person: Person, on: date) -> bool:
    """Say whether somebody can answer for an account from outside: of the staff, and there on a day (S78)."""
    return person.role in STAFF_ROLES and person.may_use(on)


def staff_known_as(login: str, on: date) -> Person | None:
    """Who of the staff has a log-in name, and can answer for others on a day; None: there is nobody."""
    found = Person.objects.filter(login=login.lower()).first()
    return found if found is not None and can_be_sponsor(found, on) else None


def needs_second_factor(person: Person, on: date) -> bool:
    """Say whether a second factor is asked of a person: of whoever has a duty or is from outside (S93)."""
    return person.role == OUTSIDE or bool(duties_of(person, on))


def in_force(on: date) -> Q:
    """The duties that are in force on a day, as a condition on `Duty`."""
    begun = Q(begins__isnull=True) | Q(begins__lte=on)
    return begun & (Q(ends__isnull=True) | Q(ends__gte=on))
