"""What follows from an innocent incident: what does not count again, and what is permitted from now on?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import visibility
from proxy.console.incidents.audiences import forgiven, permitted
from proxy.console.incidents.desk.taking import Turn, day, publish, words_of
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.people.models import Person
from proxy.console.review.desk.taking import Incomplete
from proxy.console.review.models import Permitted
from proxy.console.review.workflow import Forbidden
from proxy.console.site.config import config
from proxy.incidents.folding import is_below

LONGEST = timedelta(days=366)
MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class PardonWanted:
    """What shall not count again.

    technique, site   of an act of the incident; the site may be a name below it
    audience          a choice of `audiences.choices`
    ends              aware; None: until it is taken back
    """

    technique: str
    site: str
    audience: str
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class PermitWanted:
    """What shall be let through from now on: as `PardonWanted`, with what it is for and an end (S44)."""

    technique: str
    host: str
    audience: str
    ends: datetime
    reason: str


def forgive(turn: Turn, wanted: PardonWanted) -> Pardon:
    """Write a pardon down. Raises Incomplete."""
    incident = turn.incident
    _check_act(incident, wanted.technique, wanted.site, "site")
    audience = forgiven(incident, wanted.audience)
    if audience is None:
        raise Incomplete("audience", _("Choose for whom."))
    if wanted.ends is not None and wanted.ends <= turn.at:
        raise Incomplete("ends", _("The end lies in the past."))
    made = Pardon.objects.create(
        incident=incident,
        technique=wanted.technique,
        site=wanted.site,
        audience=audience,
        school=incident.school,
        at=turn.at,
        by=turn.by,
        ends=wanted.ends,
    )
    turn.told["pardon"] = made.pk
    return made


def let_through(turn: Turn, wanted: PermitWanted) -> Permitted:
    """Write a permit down; the overlay follows when the transaction is kept. Raises Incomplete."""
    incident = turn.incident
    _check_act(incident, wanted.technique, wanted.host, "host")
    audience = permitted(incident, wanted.audience)
    if audience is None:
        raise Incomplete("audience", _("Choose for whom."))
    if not turn.at < wanted.ends <= turn.at + LONGEST:
        raise Incomplete("ends", _("A permit needs an end, within a year."))
    reason = words_of(wanted.reason, "reason")
    if len(reason) > MOST_REASON:
        raise Incomplete("reason", _("This is longer than %(most)d characters.") % {"most": MOST_REASON})
    made = Permitted.objects.create(
        incident=incident.pk,
        technique=wanted.technique,
        host=wanted.host,
        audience=audience,
        school=incident.school,
        decided_by=_office(incident),
        reason=reason,
        at=turn.at,
        by=turn.by,
        ends=wanted.ends,
    )
    turn.told["permit"] = made.pk
    turn.publishes = True
    return made


def revoke_pardon(pardon_id: int, by: Person, *, at: datetime, words: str) -> Pardon:
    """Take a pardon back: what it covered counts again from now on. Raises Forbidden, Incomplete."""
    with transaction.atomic():
        found = Pardon.objects.select_for_update().get(pk=pardon_id)
        _revoke(found, by, at, words)
        append("pardon.revoke", actor=actors.person(by), about=f"pardon:{found.pk}", at=at)
    return found


def revoke_permit(permit_id: int, by: Person, *, at: datetime, words: str) -> Permitted:
    """Take a permit back: what it let through is stopped again. Raises Forbidden, Incomplete."""
    with transaction.atomic():
        found = Permitted.objects.select_for_update().get(pk=permit_id)
        _revoke(found, by, at, words)
        detail = {"incident": found.incident}
        append("permit.revoke", actor=actors.person(by), about=f"permit:{found.pk}", detail=detail, at=at)
        publish(at)
    return found


def _revoke(found: Pardon | Permitted, by: Person, at: datetime, words: str) -> None:
    if not visibility.may_take_back(by, found, day(at)):
        raise Forbidden(_("This needs somebody with another duty at this school."))
    if found.revoked_at is not None:
        raise Forbidden(_("This was taken back already."))
    found.revoked_words = words_of(words)
    found.revoked_at, found.revoked_by = at, by
    found.save()


def _check_act(incident: Incident, technique: str, site: str, field: str) -> None:
    """Only what was looked at is forgiven: a technique and a site of the incident's acts."""
    acts = incident.findings.filter(technique=technique).values_list("site", "host")
    if not any(is_below(site, seen) for pair in acts for seen in pair if seen):
        raise Incomplete(field, _("Nothing of this incident was seen there."))


def _office(incident: Incident) -> str:
    """Who is answerable, by office: explanations show it."""
    titles = {school.id: school.title or school.id for school in config().settings.schools}
    school = titles.get(incident.school, incident.school)
    return f"safeguarding officer, {school}" if school else "safeguarding officer"
