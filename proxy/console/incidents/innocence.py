"""What does an innocent incident bring about, in plain words: what, where, for whom, until when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from proxy.console.incidents import desk
from proxy.console.incidents.following import FollowingForm
from proxy.console.incidents.models import Incident
from proxy.console.incidents.offers import MOST_PLACES, Way, kind_at, places, ways
from proxy.console.incidents.reach import kinds
from proxy.console.incidents.spoken import Spoken, spoken


@dataclass(frozen=True, slots=True)
class Uncounted:
    """What is not counted again.

    kinds  in words; `whom`, too
    site   "": anywhere
    ends   the first moment at which it is over; None: when it is taken back
    """

    kinds: str
    site: str
    whom: str
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is let through.

    whom   in words
    ends   the first moment at which it is over
    """

    technique: Spoken
    host: str
    whom: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Means:
    """What a form says. Nothing of both: nothing changes.

    others   further sites at which something is not counted again, beside those told
    """

    uncounted: tuple[Uncounted, ...] = ()
    others: int = 0
    allowed: tuple[Allowed, ...] = ()


def means(form: FollowingForm, incident: Incident) -> Means:
    """What a form would bring about, as far as it can be read. Ask only after `is_valid()`."""
    pardons, permits = wanted(form, incident)
    uncounted = tuple(
        Uncounted(kinds(one.techniques), one.site, _whom(form, "pardon_for"), one.ends)
        for one in pardons[:MOST_PLACES]
    )
    allowed = tuple(
        Allowed(spoken(one.technique), one.host, _whom(form, "permit_for"), one.ends) for one in permits
    )
    return Means(uncounted, len(pardons) - len(uncounted), allowed)


def wanted(
    form: FollowingForm, incident: Incident
) -> tuple[list[desk.PardonWanted], list[desk.PermitWanted]]:
    """What a form asks the desk for, as far as it can be read. Ask only after `is_valid()`."""
    data = form.cleaned_data
    pardons: list[desk.PardonWanted] = []
    permits: list[desk.PermitWanted] = []
    if form.follows and data.get("pardon"):
        offered = places(incident).by_value()
        ends = form.end("pardon_ends") if data.get("pardon_ends") else None
        pardons = [
            desk.PardonWanted(place.techniques, place.site, data.get("pardon_for", ""), ends)
            for value in data.get("pardon_at", ())
            for place in offered.get(value, ())
        ]
    if form.follows and data.get("permit") and data.get("permit_for") and data.get("permit_ends"):
        permits = _permits(form, [way for way in ways(incident) if way.value in data.get("what", ())])
    return pardons, permits


def _permits(form: FollowingForm, chosen: Sequence[Way]) -> list[desk.PermitWanted]:
    """What is chosen, each once: what is allowed as one of its kind there is not allowed by itself, too."""
    data = form.cleaned_data
    whole = {(way.technique, way.host) for way in chosen}
    return [
        desk.PermitWanted(
            way.technique,
            way.host,
            data["permit_for"],
            form.end("permit_ends"),
            data.get("permit_reason", ""),
        )
        for way in chosen
        if (kind := kind_at(way.host, way.technique)) == way.technique or (kind, way.host) not in whole
    ]


def _whom(form: FollowingForm, name: str) -> str:
    return str(dict(form.fields[name].choices).get(form.cleaned_data.get(name), ""))  # type: ignore[attr-defined]
