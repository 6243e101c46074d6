"""What of an incident can be left uncounted, or allowed: which sites, and which ways around?

Each says in one value all that was shown of it. A form carries these values: what has changed since can be
told from what was shown, and nobody decides about what they have not seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Max

from proxy.console.incidents.models import Finding, Incident

MOST_FINDINGS = 20
MOST_PLACES = 50
"""Sites that are offered one by one, at most."""
NOWHERE = "-"
"""Stands for "" (no site is known) in a value."""
OTHERS = "+"
"""Stands for all further sites in a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site at which something was seen.

    site         "": it is not known
    techniques   families of what was seen there; the techniques themselves where no site is known
    """

    site: str
    techniques: tuple[str, ...]

    @property
    def value(self) -> str:
        """What a form carries."""
        return " ".join((self.site or NOWHERE, *self.techniques))


@dataclass(frozen=True, slots=True)
class Places:
    """The sites of an incident, the weightiest first: those offered one by one, and those offered as one."""

    single: tuple[Place, ...]
    others: tuple[Place, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was seen at the others."""
        return tuple(sorted({one for place in self.others for one in place.techniques}))

    def by_value(self) -> Mapping[str, tuple[Place, ...]]:
        """What a form carries, and the sites that it means."""
        found: dict[str, tuple[Place, ...]] = {place.value: (place,) for place in self.single}
        if self.others:
            found[" ".join((OTHERS, str(len(self.others)), *self.kinds))] = self.others
        return found


@dataclass(frozen=True, slots=True)
class Way:
    """One way around, or every one of a kind, to one host.

    key   number of a finding; followed by a + where every way of its kind is meant
    """

    key: str
    technique: str
    host: str

    @property
    def value(self) -> str:
        """What a form carries."""
        return f"{self.key} {self.technique} {self.host}"


def acts_of(incident: Incident) -> str:
    """Which acts an incident has, and what weighs most, in a value that stays while the same acts go on."""
    known = incident.findings.aggregate(last=Max("pk"), number=Count("pk"))
    return f"{known['last'] or 0} {known['number']} {incident.technique}"


def is_about_the_same(value: str, other: str) -> bool:
    """Say whether two values mean the same site or finding, whatever else they say of it."""
    return value.partition(" ")[0] == other.partition(" ")[0]


def weightiest(incident: Incident) -> list[Finding]:
    """The acts of an incident that weigh most."""
    return list(incident.findings.order_by("-weight", "-last_at", "pk")[:MOST_FINDINGS])


def places(incident: Incident) -> Places:
    """The sites of an incident. That no site is known stands by itself: it is for one person alone."""
    seen: dict[str, set[str]] = {}
    acts = incident.findings.order_by("-weight", "-last_at", "pk").values_list("site", "technique")
    for site, technique in acts:
        seen.setdefault(site, set()).add(kind_at(site, technique))
    found = [Place(site, tuple(sorted(techniques))) for site, techniques in seen.items()]
    further = found[MOST_PLACES:]
    nowhere = (place for place in further if not place.site)
    return Places((*found[:MOST_PLACES], *nowhere), tuple(place for place in further if place.site))


def kind_at(site: str, technique: str) -> str:
    """What of a technique is left uncounted, or allowed, at a site: all of its family, for what is stopped
    for one of its techniques is seen by the others, too; where no site is known, the technique alone."""
    return technique.partition(".")[0] if site else technique


def ways(incident: Incident) -> list[Way]:
    """What of an incident can be allowed: what leads to a host that is known, and then every way of its kind
    there. What needs one way around is often stopped for the next, which nobody has seen yet."""
    acts = [one for one in weightiest(incident) if one.host]
    single, kinds = dict[tuple[str, str], Way](), dict[tuple[str, str], Way]()
    for act in acts:
        single.setdefault((act.technique, act.host), Way(str(act.pk), act.technique, act.host))
    for act in sorted(acts, key=lambda one: one.pk):
        kind = kind_at(act.host, act.technique)
        kinds.setdefault((kind, act.host), Way(f"{act.pk}+", kind, act.host))
    return [*single.values(), *(way for of, way in kinds.items() if of not in single)]
