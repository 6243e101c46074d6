"""Who may see an incident, and why may somebody not take a step?

Whoever is charged with safeguarding sees those of their school, and with a duty for every school all of them;
an auditor reads them, too, without a name. Nobody sees an incident about themselves. Whom it is about learns
of it from a person, never from a page.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.naming import own
from proxy.console.incidents.states import TABLE, State, Step
from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.models import Permitted

REVIEWS = DutyKind.SAFEGUARDING
READS = frozenset({REVIEWS, DutyKind.AUDITOR})


def readable_by(person: Person, on: date) -> QuerySet[Incident]:
    """All incidents that somebody may read because of a duty; none while their own cannot be told."""
    themselves = own(person)
    if themselves is None:
        return Incident.objects.none()
    found = Incident.objects.filter(_of_schools(person, on))
    return found.exclude(subject=themselves) if themselves else found


def may_see(person: Person, incident: Incident, on: date) -> bool:
    """Say whether somebody may read an incident."""
    return readable_by(person, on).filter(pk=incident.pk).exists()


def reviews(person: Person, on: date, school: str | None = None) -> bool:
    """Say whether somebody looks after incidents of a school ("": of the whole district; None: of any)."""
    return access.has_duty(person, REVIEWS, on, school)


def may_review(person: Person, incident: Incident, on: date) -> bool:
    """Say whether somebody may work on an incident."""
    return reviews(person, on, incident.school) and may_see(person, incident, on)


may_name = may_review
"""Say whether somebody may learn whom an incident is about: who works on it."""


def is_about(incident: Incident, person: Person) -> bool:
    """Say whether an incident is about somebody, as far as that can be told; where it cannot, it may be."""
    return bool(incident.subject) and own(person) in (None, incident.subject)


def reviewers(incident: Incident, on: date, kind: DutyKind = REVIEWS) -> list[Person]:
    """Who has a duty at an incident's school, in the order in which they are asked; not whom it is about."""
    return [
        person for person in access.officials(kind, incident.school, on) if not is_about(incident, person)
    ]


def pardons_for(person: Person, on: date, at: datetime) -> QuerySet[Pardon]:
    """The pardons in force that somebody looks after or reads, newest first; none about themselves."""
    holding = Q(ends__isnull=True) | Q(ends__gt=at)
    found = Pardon.objects.filter(_of_schools(person, on), holding, revoked_at__isnull=True)
    return found.filter(_of_others(person, Pardon)).order_by("-pk")


def permits_for(person: Person, on: date, at: datetime) -> QuerySet[Permitted]:
    """The permits in force that somebody looks after or reads, newest first; none about themselves."""
    found = Permitted.objects.filter(_of_schools(person, on), ends__gt=at, revoked_at__isnull=True)
    return found.filter(_of_others(person, Permitted)).order_by("-pk")


def may_take_back(person: Person, found: Pardon | Permitted, on: date) -> bool:
    """Say whether somebody may end what an innocent incident brought about: never of one about themselves."""
    return found.pk in to_take_back(person, [found], on)


def to_take_back(person: Person, found: Sequence[Pardon | Permitted], on: date) -> frozenset[int]:
    """Ids of those, all of one kind, that somebody may end."""
    duties = access.duties_of(person, on)
    here = [one.pk for one in found if access.holds(duties, REVIEWS, one.school)]
    if not here:
        return frozenset()
    kind = type(found[0])
    others = kind._default_manager.filter(_of_others(person, kind), pk__in=here)
    return frozenset(others.values_list("pk", flat=True))


def _of_others(person: Person, kind: type[Pardon | Permitted]) -> Q:
    """What neither comes from an incident about somebody nor names them; nothing while it is not known."""
    themselves = own(person)
    if themselves is None:
        return Q(pk__in=[])
    if not themselves:
        return Q()
    if kind is Pardon:
        about = Q(incident__subject=themselves) | Q(audience__who__0=themselves)
    else:
        incidents = Incident.objects.filter(subject=themselves).values("pk")
        about = Q(incident__in=incidents) | Q(audience__subjects__0=person.sourced_id)
    return ~Q(pk__in=kind._default_manager.filter(about).values("pk"))


def _of_schools(person: Person, on: date) -> Q:
    seen = Q(pk__in=[])
    for duty in access.duties_of(person, on):
        if duty.kind in READS:
            seen |= Q(school=duty.school) if duty.school else Q(pk__isnull=False)
    return seen


def why_not(person: Person, incident: Incident, step: Step, on: date) -> str | None:
    """The sentence why somebody cannot take a step now; None when they can."""
    if not may_review(person, incident, on):
        return _("This needs somebody with another duty at this school.")
    transition = TABLE.get((State(incident.state), step))
    if transition is None:
        return _not_now(incident, step)
    is_holder = incident.holder_id == person.pk
    if transition.by_holder and not is_holder:
        return _("Only whoever has taken this incident up can do that.")
    if step is Step.TAKE_UP and is_holder and incident.state == State.UNDER_REVIEW.value:
        return _("You have taken this incident up already.")
    return None


def _not_now(incident: Incident, step: Step) -> str:
    if not incident.stands:
        return _("This incident has ended.")
    return _("Take this incident up first.")
