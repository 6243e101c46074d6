"""How do events become acts: whose they are, what was pardoned, and what goes on from before?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proxy.console.incidents.excuses import excuses
from proxy.console.incidents.models import Finding
from proxy.console.incidents.naming import Known, whom
from proxy.console.incidents.standing import standing
from proxy.incidents.folding import LONGEST, goes_on, site_of
from proxy.incidents.pardons import Excuse
from proxy.incidents.told import Told
from proxy.journal import Event

_TEXT = 255


@dataclass(slots=True)
class Acts:
    """The acts that a number of events come to; `keep` writes them down.

    known     who is behind the events' pseudonyms
    window    pause after which what is seen again is another act
    touched   whose acts these are
    """

    known: Mapping[str, Known]
    window: timedelta
    touched: set[str] = field(default_factory=set)
    _excuses: list[Excuse] = field(default_factory=list)
    _acts: dict[tuple[str, str, str], list[Finding]] = field(default_factory=dict)
    _changed: dict[int, Finding] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._excuses = excuses()

    def take(self, event: Event, told: Told) -> bool:
        """Count one event that counts. Returns whether it does: what was pardoned, or seen to its end before
        an incident ended, does not."""
        who = event.subject or event.client
        known = self.known.get(event.subject)
        person = whom(event, known)
        if any(excuse.covers(told.technique, event.host, person, event.time) for excuse in self._excuses):
            return False
        site = site_of(event.host)[:_TEXT]
        for act in self._before((who, told.technique, site), event.time):
            if not goes_on(act.first_at, act.last_at, event.time, self.window):
                continue
            ended = act.incident.ended_at if act.incident is not None else None
            if ended is None:
                self._add(act, event, told)
                return True
            if event.time <= ended:  # came late, and was looked at with the rest
                return False
        self._begin(event, told, who, site, person.school)
        return True

    def keep(self) -> None:
        """Write down what is new and what went on."""
        new = [act for acts in self._acts.values() for act in acts if act.pk is None]
        Finding.objects.bulk_create(new)
        for act in self._changed.values():
            if act.pk is not None and act not in new:
                act.save()

    def _before(self, key: tuple[str, str, str], at: datetime) -> list[Finding]:
        """The acts of somebody that may go on at a moment, newest first."""
        if key not in self._acts:
            who, technique, site = key
            since = at - LONGEST - self.window
            self._hold(who)
            rows = Finding.objects.filter(who=who, technique=technique, site=site, last_at__gte=since)
            self._acts[key] = list(rows.select_related("incident").order_by("-last_at"))
        return self._acts[key]

    def _hold(self, who: str) -> None:
        """Keep the incident of somebody that stands from ending while its acts go on."""
        if who not in self._held:
            list(standing().select_for_update().filter(who=who).values_list("pk"))
            self._held.add(who)

    def _add(self, act: Finding, event: Event, told: Told) -> None:
        act.times += 1
        act.first_at, act.last_at = min(act.first_at, event.time), max(act.last_at, event.time)
        if told.weight > act.weight:
            act.weight, act.confidence = told.weight, told.confidence
            act.evidence, act.event, act.host = dict(told.evidence), event.id, event.host[:_TEXT]
        self._changed[id(act)] = act
        self.touched.add(act.who)

    def _begin(self, event: Event, told: Told, who: str, site: str, school: str) -> None:
        act = Finding(
            who=who,
            subject=event.subject,
            client=event.client,
            policy_group=event.group,
            school=school,
            stage=event.stage.value,
            technique=told.technique,
            host=event.host[:_TEXT],
            site=site,
            evidence=dict(told.evidence),
            confidence=told.confidence,
            weight=told.weight,
            event=event.id,
            first_at=event.time,
            last_at=event.time,
        )
        self._acts.setdefault((who, told.technique, site), []).insert(0, act)
        self.touched.add(who)
