"""Do somebody's acts make an incident now, or join the one that stands?"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import letters
from proxy.console.incidents.excuses import excuses, unexcused
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.naming import Known
from proxy.console.incidents.states import STANDING
from proxy.console.review.in_force import in_force
from proxy.console.site.config import config
from proxy.incidents.scoring import Act, Rules, is_enough, left, score
from proxy.settings.schema.incidents import IncidentSettings


def rules() -> Rules:
    """What the settings and the files about ways around say."""
    settings: IncidentSettings = config().settings.incidents
    loaded = in_force(config().state)
    known = loaded.knowledge.techniques.values() if loaded is not None and loaded.knowledge else ()
    return Rules(
        settings.opens_at,
        timedelta(days=settings.half_life_days),
        timedelta(minutes=settings.fold_minutes),
        frozenset(technique.id for technique in known if technique.by_itself),
    )


def weigh(people: Iterable[str], at: datetime, known: Mapping[str, Known] | None = None) -> list[Incident]:
    """Look at the acts of people that just changed; return the incidents that open. Inside a transaction.

    What acts come to is asked for the moment of the last of them: that the console stood still meanwhile, or
    reads them a second later, changes nothing.

    at      when an incident that opens is opened
    known   who is behind the people's pseudonyms
    """
    told, given, opened = rules(), excuses(), []
    for who in sorted(people):
        free = unexcused(Finding.objects.filter(who=who, incident__isnull=True), known or {}, given)
        moment = _last(free, at)
        free = [one for one in free if _counts(one, moment, told)]
        stands = _standing(who)
        if stands is not None:
            _join(stands, free, told)
        elif is_enough(map(act_of, free), moment, told):
            opened.append(_open(free, at, told))
    return opened


def act_of(finding: Finding) -> Act:
    """An act as a value."""
    return Act(finding.technique, finding.site, finding.weight, finding.first_at, finding.last_at)


def _last(acts: list[Finding], otherwise: datetime) -> datetime:
    return max((one.last_at for one in acts), default=otherwise)


def _counts(finding: Finding, at: datetime, told: Rules) -> bool:
    return left(act_of(finding), at, told) > 0


def _standing(who: str) -> Incident | None:
    states = [state.value for state in STANDING]
    return Incident.objects.select_for_update().filter(who=who, state__in=states).first()


def _join(incident: Incident, free: list[Finding], told: Rules) -> None:
    """Put further acts into an incident that somebody looks at, or will."""
    Finding.objects.filter(pk__in=[one.pk for one in free]).update(incident=incident)
    acts = list(incident.findings.all())
    if sum(one.times for one in acts) > incident.times:
        _sum_up(incident, acts, told)
        incident.save()


def _open(free: list[Finding], at: datetime, told: Rules) -> Incident:
    first = min(free, key=lambda one: (one.first_at, one.pk))
    last = max(free, key=lambda one: (one.last_at, one.pk))
    incident = Incident(
        school=last.school,
        policy_group=last.policy_group,
        who=last.who,
        subject=last.subject,
        client=first.client,
        opened_at=at,
    )
    _sum_up(incident, free, told)
    incident.save(force_insert=True)
    Finding.objects.filter(pk__in=[one.pk for one in free]).update(incident=incident)
    opened_now(incident, at)
    return incident


def _sum_up(incident: Incident, acts: list[Finding], told: Rules) -> None:
    heaviest = max(acts, key=lambda one: (one.weight, one.last_at))
    incident.technique = heaviest.technique
    incident.times = sum(one.times for one in acts)
    incident.first_at = min(one.first_at for one in acts)
    incident.last_at = max(one.last_at for one in acts)
    incident.score = round(score(map(act_of, acts), incident.last_at, told), 4)


def opened_now(incident: Incident, at: datetime) -> None:
    """Tell that an incident opened, and record it: where and by what, not by whom. The last thing in its
    transaction."""
    letters.opened(incident, at)
    append(
        "incident.open",
        actor=actors.TIMERS,
        about=f"incident:{incident.pk}",
        detail={"school": incident.school, "technique": incident.technique},
        at=at,
    )
