"""Which apps, sites and downloads has the school approved? (S58)"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from proxy.console.review.models import Opening
from proxy.console.review.states import Kind, Lane, State
from proxy.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved resource. No person stands in it, neither who asked nor who decided.

    kind                app, site or download
    schools, grades     empty: everywhere, all
    guardians_told_on   when parents and guardians were told of it; None: not known (S62)
    until               the last day; None: until further notice
    """

    title: str
    kind: str
    address: str
    subject: str
    grades: tuple[str, ...]
    schools: tuple[str, ...]
    more_at: str
    terms: str
    privacy_policy: str
    guardians_told_on: date | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; "" looks for anything."""

    words: str = ""
    kind: str = ""
    subject: str = ""
    grade: str = ""
    school: str = ""

    def fits(self, one: Approved) -> bool:
        """Say whether a resource is among what is looked for; one for all schools is for each of them."""
        text = f"{one.title} {one.address} {one.subject}".casefold()
        return (
            all(word in text for word in self.words.casefold().split())
            and self.kind in ("", one.kind)
            and self.subject in ("", one.subject)
            and (not self.grade or not one.grades or self.grade in one.grades)
            and (not self.school or not one.schools or self.school in one.schools)
        )


def approved(at: datetime, settings: Settings) -> list[Approved]:
    """All resources that are approved at a moment, by title."""
    titles = {school.id: school.title or school.id for school in settings.schools}
    found = [_of(opening, settings, titles) for opening in _openings(at)]
    return sorted(dict.fromkeys(found), key=lambda one: (one.title.casefold(), one.address))


def choices(all_of_them: list[Approved]) -> Mapping[str, list[str]]:
    """What can be looked for."""
    return {
        "kinds": sorted({one.kind for one in all_of_them}),
        "subjects": sorted({one.subject for one in all_of_them if one.subject}),
        "grades": sorted({grade for one in all_of_them for grade in one.grades}),
        "schools": sorted({school for one in all_of_them for school in one.schools}),
    }


def _openings(at: datetime) -> Iterator[Opening]:
    return (
        Opening.objects.filter(
            Q(ends__isnull=True) | Q(ends__gt=at),
            Q(begins__isnull=True) | Q(begins__lte=at),
            revoked_at__isnull=True,
            case__kind=Kind.RESOURCE.value,
            case__state=State.APPROVED.value,
            case__lane=Lane.ORDINARY.value,
        )
        .select_related("case", "decision")
        .prefetch_related("case__askings")
        .order_by("pk")
        .iterator(chunk_size=500)
    )


def _of(opening: Opening, settings: Settings, titles: Mapping[str, str]) -> Approved:
    asking = min(opening.case.askings.all(), key=lambda each: (each.withdrawn_at is not None, each.pk))
    address = opening.host if opening.path == "/" else f"{opening.host}{opening.path}"
    school = opening.case.school
    named = opening.audience.get("schools") or opening.audience.get("within")
    named = named or ([school] if school and not _is_for_all(opening) else [])
    return Approved(
        title=asking.title or address,
        kind=asking.resource,
        address=address,
        subject=asking.course,
        grades=tuple(opening.audience.get("grades", ())) or tuple(filter(None, [asking.grade])),
        schools=tuple(titles.get(id_, id_) for id_ in named),
        more_at=asking.more_at,
        terms=asking.terms,
        privacy_policy=asking.privacy_policy,
        guardians_told_on=asking.guardians_told_on,
        since=opening.decision.at.astimezone(settings.time_zone).date(),
        until=_last_day(opening.ends, settings) if opening.ends else None,
    )


def _last_day(ends: datetime, settings: Settings) -> date:
    """What ends at midnight ends with the day before."""
    return (ends - timedelta(microseconds=1)).astimezone(settings.time_zone).date()


def _is_for_all(opening: Opening) -> bool:
    return bool(opening.audience.get("groups") or opening.audience.get("grades"))
