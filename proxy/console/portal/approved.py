"""Which apps, sites and downloads has the school approved? (S58)"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from proxy.console.portal.listed import Sought, grades_of, listed, schools_of, titles_of
from proxy.console.review.models import Opening
from proxy.settings.schema import Settings

ANYTHING = Sought()


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved resource. No person stands in it, neither who asked nor who decided.

    kind                app, site or download
    schools, grades     empty: everywhere, all
    guardians_told_on   when parents and guardians were told of it; None: not known (S62)
    since, until        the first and the last day; no last one: until further notice
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


def approved(at: datetime, settings: Settings, sought: Sought = ANYTHING) -> list[Approved]:
    """All resources that are approved at a moment and fit, by title."""
    return told(sought.among(listed(at), settings), settings)


def told(openings: QuerySet[Opening], settings: Settings) -> list[Approved]:
    """What the list says of some approvals on it."""
    titles = titles_of(settings)
    some = openings.select_related("case", "decision").prefetch_related("case__askings")
    return [_of(opening, settings, titles) for opening in some]


def _of(opening: Opening, settings: Settings, titles: Mapping[str, str]) -> Approved:
    asking = min(opening.case.askings.all(), key=lambda each: (each.withdrawn_at is not None, each.pk))
    address = opening.host if opening.path == "/" else f"{opening.host}{opening.path}"
    schools = schools_of(opening.audience, opening.case.school)
    return Approved(
        title=asking.title or address,
        kind=asking.resource,
        address=address,
        subject=asking.course,
        grades=tuple(grades_of(opening.audience, asking.grade)),
        schools=tuple(titles.get(id_, id_) for id_ in schools),
        more_at=asking.more_at,
        terms=asking.terms,
        privacy_policy=asking.privacy_policy,
        guardians_told_on=asking.guardians_told_on,
        since=_opened_at(opening).astimezone(settings.time_zone).date(),
        until=_last_day(opening.ends, settings) if opening.ends else None,
    )


def _opened_at(opening: Opening) -> datetime:
    """When it opened: at the decision, or later where that was asked for."""
    return max(opening.decision.at, opening.begins or opening.decision.at)


def _last_day(ends: datetime, settings: Settings) -> date:
    """What ends at midnight ends with the day before."""
    return (ends - timedelta(microseconds=1)).astimezone(settings.time_zone).date()
