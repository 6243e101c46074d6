"""Who is behind a pseudonym? Told while somebody asks, and kept nowhere."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from proxy.console.incidents.models import Finding
from proxy.console.people.models import Enrolment, Person
from proxy.console.review.choosing import above
from proxy.console.site.config import config
from proxy.incidents.pardons import Whom
from proxy.journal import Event
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms

log = logging.getLogger("schoolgate.console")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom the roster or the settings know.

    id        roster id, or the device's
    name      of the person, or of a device that several use
    school    "" where it is not known
    classes   roster ids of the classes they learn in
    """

    id: str
    name: str
    school: str
    classes: frozenset[str] = frozenset()


def pseudonyms() -> Pseudonyms | None:
    """The school's pseudonyms; None, and said in the log, while their key cannot be read."""
    try:
        return Pseudonyms.open_or_create(config().state / "keys")
    except (PseudonymKeyError, OSError) as problem:
        log.error("nobody is told behind pseudonyms: %s", problem)
        return None


def own(person: Person) -> str | None:
    """The pseudonym of somebody with an account; "" whom the roster does not have, None: not to be told."""
    known = pseudonyms()
    return known.of(person.sourced_id or "") if known is not None else None


def behind(subjects: Collection[str]) -> Mapping[str, Known]:
    """Who is behind pseudonyms; those whom nobody knows any more are left out."""
    wanted, known = set(subjects) - {""}, pseudonyms()
    if not wanted or known is None:
        return {}
    ids: dict[str, str] = {}
    rostered = Person.objects.filter(sourced_id__isnull=False).values_list("sourced_id", flat=True)
    for sourced_id in rostered.iterator():
        if sourced_id and (pseudonym := known.of(sourced_id)) in wanted:
            ids[sourced_id] = pseudonym
    found = {ids[person.id]: person for person in _people(ids)}
    for device in config().settings.devices:
        if (pseudonym := known.of(device.id)) in wanted and pseudonym not in found:
            found[pseudonym] = Known(device.id, device.title or device.id, device.school or "")
    return found


def _people(ids: Collection[str]) -> list[Known]:
    classes: dict[int, set[str]] = {}
    people = list(Person.objects.filter(sourced_id__in=ids))
    learning = Enrolment.objects.filter(person__in=people, teaches=False)
    for person, school_class in learning.values_list("person", "school_class__sourced_id"):
        classes.setdefault(person, set()).add(school_class)
    return [
        Known(person.sourced_id or "", person.name, person.school, frozenset(classes.get(person.pk, ())))
        for person in people
    ]


def whom(event: Event, known: Known | None) -> Whom:
    """Whose act an event is, as far as pardons ask."""
    return _whom(event.subject, event.client, event.group, known)


def whose(act: Finding, known: Known | None) -> Whom:
    """Whose act one is, as far as pardons ask."""
    return _whom(act.subject, act.client, act.policy_group, known)


def _whom(subject: str, client: str, group: str, known: Known | None) -> Whom:
    """By somebody's pseudonym, the address of the device and the policy group. Of no known school the network
    tells it, else the policy group, where it is one school's."""
    settings = config().settings
    groups = frozenset({group, *above(group, settings)})
    school = known.school if known is not None else _school_at(client)
    schools = groups & {school.id for school in settings.schools}
    if not school and len(schools) == 1:
        (school,) = schools
    classes = known.classes if known is not None else frozenset()
    return Whom(subject or client, school, groups, classes)


def _school_at(client: str) -> str:
    """The school of the narrowest network that an address belongs to; "" where none says."""
    try:
        address = ip_address(client)
    except ValueError:
        return ""
    ranges = [
        (found.prefixlen, network.school or "")
        for network in config().settings.networks
        for found in map(ip_network, network.addresses)
        if address in found
    ]
    return max(ranges, default=(0, ""))[1]
