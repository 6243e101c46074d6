"""What of an incident can be left uncounted, or allowed: which sites, and which ways around?

Each says in one value all that was shown of it. A form carries these values: what has changed since can be
told from what was shown, and nobody decides about what they have not seen.
"""

from dataclasses import dataclass

from django.db.models import Count, Max

from proxy.console.incidents.models import Finding, Incident

MOST_FINDINGS = 20
MOST_PLACES = 50
NOWHERE = "-"
"""Stands for "" (no site is known) in a value."""


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
class Way:
    """One way around, to one host.

    number   of the finding
    """

    number: int
    technique: str
    host: str

    @property
    def value(self) -> str:
        """What a form carries."""
        return f"{self.number} {self.technique} {self.host}"


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


def places(incident: Incident) -> list[Place]:
    """The sites of an incident, the weightiest first."""
    seen: dict[str, set[str]] = {}
    acts = incident.findings.order_by("-weight", "-last_at", "pk").values_list("site", "technique")
    for site, technique in acts:
        if site in seen or len(seen) < MOST_PLACES:
            seen.setdefault(site, set()).add(kind_at(site, technique))
    return [Place(site, tuple(sorted(techniques))) for site, techniques in seen.items()]


def kind_at(site: str, technique: str) -> str:
    """What of a technique is left uncounted at a site: all of its family, for what is stopped for one of its
    techniques is seen by the others, too; where no site is known, the technique alone."""
    return technique.partition(".")[0] if site else technique


def ways(incident: Incident) -> list[Way]:
    """What of an incident can be allowed: only what leads to a host that is known."""
    return [Way(one.pk, one.technique, one.host) for one in weightiest(incident) if one.host]
