"""What follows from an innocent incident: what does not count again, and what is permitted from now on?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import visibility
from proxy.console.incidents.audiences import WHO, forgiven, permitted
from proxy.console.incidents.desk.taking import Turn, day, words_of
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.offers import kind_at
from proxy.console.people.models import Person
from proxy.console.review.desk.recording import publish
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

    techniques   of acts of the incident at the site, or their families
    site         of an act, or a name below it; "": no site is known of it
    audience     a choice of `audiences.choices`
    ends         aware; None: until it is taken back
    """

    techniques: tuple[str, ...]
    site: str
    audience: str
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class PermitWanted:
    """What shall be let through from now on: for whom, why, until when (S44).

    technique   of an act of the incident on its way to `host`, or its family
    """

    technique: str
    host: str
    audience: str
    ends: datetime
    reason: str


def follow(turn: Turn, pardons: Iterable[PardonWanted], permits: Iterable[PermitWanted]) -> None:
    """Write down what follows from an innocent incident. Raises Incomplete."""
    made = [forgive(turn, pardon).pk for pardon in pardons]
    if made:
        turn.told["pardons"] = made
    opened = [let_through(turn, permit).pk for permit in permits]
    if opened:
        turn.told["permits"] = opened
        turn.publishes = True


def forgive(turn: Turn, wanted: PardonWanted) -> Pardon:
    """Write a pardon down. Raises Incomplete."""
    incident = turn.incident
    _check_kinds(incident, wanted)
    audience = forgiven(incident, wanted.audience)
    if audience is None:
        raise Incomplete("audience", _("Choose for whom."))
    if not wanted.site and wanted.audience != WHO:
        raise Incomplete("audience", _("Where no site is known, it can be for one alone."))
    if wanted.ends is not None and wanted.ends <= turn.at:
        raise Incomplete("ends", _("The end lies in the past."))
    return Pardon.objects.create(
        incident=incident,
        techniques=list(wanted.techniques),
        site=wanted.site,
        audience=audience,
        school=incident.school,
        at=turn.at,
        by=turn.by,
        ends=wanted.ends,
    )


def let_through(turn: Turn, wanted: PermitWanted) -> Permitted:
    """Write a permit down; the overlay follows when the transaction is kept. Raises Incomplete."""
    incident = turn.incident
    _check_act(incident, wanted.technique, wanted.host)
    audience = permitted(incident, wanted.audience)
    if audience is None:
        raise Incomplete("audience", _("Choose for whom."))
    if not turn.at < wanted.ends <= turn.at + LONGEST:
        raise Incomplete("ends", _("A permit needs an end, within a year."))
    reason = words_of(wanted.reason, "reason")
    if len(reason) > MOST_REASON:
        raise Incomplete("reason", _("This is longer than %(most)d characters.") % {"most": MOST_REASON})
    return Permitted.objects.create(
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


def _check_act(incident: Incident, technique: str, host: str) -> None:
    """Only what was looked at is permitted: a technique of the incident's acts on the way to a host, or its
    family."""
    if not host or technique not in _kinds_at(incident, host):
        raise Incomplete("host", _("Nothing of this incident was seen there."))


def _check_kinds(incident: Incident, wanted: PardonWanted) -> None:
    """Only what was looked at is forgiven: techniques of the incident's acts at a site, or their families."""
    kinds = _kinds_at(incident, wanted.site)
    if not wanted.techniques or not kinds.issuperset(wanted.techniques):
        raise Incomplete("site", _("Nothing of this incident was seen there."))


def _kinds_at(incident: Incident, site: str) -> set[str]:
    """The techniques that were seen at a site, and their families where the site is known."""
    seen = _seen_at(incident, site)
    return seen | {kind_at(site, technique) for technique in seen}


def _seen_at(incident: Incident, site: str) -> set[str]:
    """The techniques that were seen at a site, or above it; "": where no site is known."""
    acts = incident.findings.values_list("technique", "site", "host")
    if not site:
        return {technique for technique, at, _host in acts if not at}
    return {technique for technique, *names in acts if any(is_below(site, name) for name in names if name)}


def _office(incident: Incident) -> str:
    """Who is answerable, by office: explanations show it."""
    titles = {school.id: school.title or school.id for school in config().settings.schools}
    school = titles.get(incident.school, incident.school)
    return f"safeguarding officer, {school}" if school else "safeguarding officer"
