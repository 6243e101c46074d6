"""Who is told of an incident, and how?

Letters and the message to the webhook are queued in the transaction that opens the incident. No letter names
a child or a site: what happened stands where one logs in.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from django.urls import reverse
from django.utils.functional import lazy

from proxy.console.incidents import visibility
from proxy.console.incidents.models import Incident
from proxy.console.incidents.spoken import family
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.people.words import school_title
from proxy.console.post.calls import queue_call
from proxy.console.post.compose import queue_letter
from proxy.console.site.config import config


def opened(incident: Incident, at: datetime) -> None:
    """Tell the named staff and the school's own system that an incident has opened.

    Whoever reviews incidents is led to it; others whom the settings name hear that there is one.
    """
    _to_reviewers(incident, "incident", at)
    _write(_others(incident, at), "incident_told", incident, at)
    if config().settings.incidents.webhook is not None:
        told = {
            "event": "incident.opened",
            "id": incident.pk,
            "school": incident.school,
            "family": incident.technique.partition(".")[0],
            "at": incident.opened_at.astimezone(UTC).isoformat(timespec="seconds"),
            "link": config().url.rstrip("/") + reverse("incidents:incident", args=[incident.pk]),
        }
        queue_call(told, key=f"incident.{incident.pk}.opened", at=at, school=incident.school)


def waits(incident: Incident, at: datetime) -> None:
    """Remind whoever reviews of an incident that nobody has taken up."""
    _to_reviewers(incident, "incident_waits", at, stamp=_minute(at))


def goes_on(incident: Incident, at: datetime, *, to_others: bool) -> None:
    """Remind who has taken an incident up that it has not ended; `to_others`: the other reviewers, too. Where
    its holder has the duty no more, the others are told at once."""
    reviewers = visibility.reviewers(incident, _day(at))
    holder = [person for person in reviewers if person.pk == incident.holder_id]
    _write(holder, "incident_goes_on", incident, at, stamp=_minute(at))
    if to_others or not holder:
        _to_reviewers(incident, "incident_stays", at, stamp=_minute(at), but=holder)


def is_unended(incident: Incident, at: datetime) -> None:
    """Tell the administrators of an incident that nobody ends, once a month."""
    administrators = visibility.reviewers(incident, _day(at), DutyKind.ADMINISTRATOR)
    _write(administrators, "incident_unended", incident, at, stamp=f".{_day(at):%Y-%m}")


def _to_reviewers(
    incident: Incident, template: str, at: datetime, *, stamp: str = "", but: Collection[Person] = ()
) -> None:
    """To the reviewers, where the settings name them; to the administrators where there are none."""
    reviewers = visibility.reviewers(incident, _day(at))
    if not reviewers:
        administrators = visibility.reviewers(incident, _day(at), DutyKind.ADMINISTRATOR)
        _write(administrators, "incident_nobody", incident, at, stamp=stamp)
    elif visibility.REVIEWS.value in config().settings.incidents.told:
        _write([person for person in reviewers if person not in but], template, incident, at, stamp=stamp)


def _others(incident: Incident, at: datetime) -> list[Person]:
    """The other officials whom the settings name, at the incident's school; never whom it is about."""
    reviewers = {person.pk for person in visibility.reviewers(incident, _day(at))}
    found = {
        person.pk: person
        for duty in config().settings.incidents.told
        for person in visibility.reviewers(incident, _day(at), DutyKind(duty))
    }
    return [person for pk, person in found.items() if pk not in reviewers]


def _day(at: datetime) -> date:
    return at.astimezone(config().zone).date()


_in_their_language = lazy(family, str)
"""The family of a technique, said when the letter is written: in the language of whoever reads it."""


def _minute(at: datetime) -> str:
    return f".{at.astimezone(UTC):%Y%m%dT%H%M}"


def _write(
    people: Iterable[Person], template: str, incident: Incident, at: datetime, *, stamp: str = ""
) -> None:
    """`stamp`: what tells a letter from the one before of its kind; without, there is but one."""
    context = {
        "number": incident.pk,
        "family": _in_their_language(incident.technique),
        "where": school_title(incident.school),
        "opened_at": incident.opened_at,
    }
    for person in people:
        queue_letter(person, template, context, key=f"incident.{incident.pk}.{template}{stamp}", at=at)
