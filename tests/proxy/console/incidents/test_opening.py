"""When acts become an incident."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from acts_seen import UV, WIREGUARD, act, ended, incident_of, pseudonym
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents.models import Incident
from proxy.console.incidents.opening import weigh
from proxy.console.incidents.states import State
from proxy.console.site.config import ConsoleConfig
from review_office import MONDAY, SCHOOL, Office

DAY = timedelta(days=1)
WHO = "10.20.1.7"


def weighed(who: str = WHO, at: object = MONDAY) -> list[Incident]:
    """The incidents that open when somebody's acts are looked at."""
    with transaction.atomic():
        return weigh([who], at)  # type: ignore[arg-type]


def test_a_heavy_act_opens_one_and_a_light_one_does_not(office: Office) -> None:
    act(0.79)
    assert weighed() == []
    act(0.3, site="other.example")
    (incident,) = weighed()
    assert incident.findings.count() == 2
    assert (incident.technique, incident.score, incident.times) == (UV, 1.09, 2)
    assert weighed() == []


def test_old_acts_fade(office: Office) -> None:
    act(0.7, MONDAY - 14 * DAY, technique=WIREGUARD)
    act(0.5)
    assert weighed() == []
    act(0.2, site="c.example")
    (incident,) = weighed()
    assert incident.score == pytest.approx(0.875)
    assert incident.first_at == MONDAY - 14 * DAY


def test_what_is_forgotten_joins_none(office: Office) -> None:
    old = act(0.9, MONDAY - 60 * DAY, technique=WIREGUARD)
    act(0.9)
    (incident,) = weighed()
    old.refresh_from_db()
    assert old.incident is None
    assert incident.first_at == MONDAY


def test_the_settings_say_when(office: Office, with_incidents: Callable[..., ConsoleConfig]) -> None:
    with_incidents(opens_at=2.0)
    act(0.9)
    act(0.9, site="b.example")
    assert weighed() == []
    act(0.9, site="c.example")
    assert len(weighed()) == 1


def test_what_was_looked_at_does_not_count_again_towards_another(office: Office) -> None:
    incident = incident_of(office.student)
    ended(incident, office.safeguarding, State.CONFIRMED)
    act(0.7, MONDAY + DAY, who=incident.who, subject=incident.who, site="b.example")
    assert weighed(incident.who, MONDAY + DAY) == []
    act(0.7, MONDAY + DAY, who=incident.who, subject=incident.who, site="c.example")
    (second,) = weighed(incident.who, MONDAY + DAY)
    assert second.findings.count() == 2


def test_one_that_is_looked_at_takes_further_acts_in(office: Office) -> None:
    from proxy.console.incidents import desk

    incident = incident_of(office.student)
    desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
    act(
        0.95,
        MONDAY + DAY,
        who=incident.who,
        subject=incident.who,
        technique=WIREGUARD,
        site="b.example",
        times=4,
    )
    assert weighed(incident.who, MONDAY + DAY) == []
    incident.refresh_from_db()
    assert (incident.technique, incident.times, incident.last_at) == (WIREGUARD, 5, MONDAY + DAY)
    assert incident.state == "under_review"


def test_the_record_says_where_and_by_what_and_not_who(office: Office) -> None:
    incident = incident_of(office.student)
    record = AuditRecord.objects.get(action="incident.open")
    assert (record.actor, record.about) == ("timers", f"incident:{incident.pk}")
    assert record.detail == f'{{"school":"{SCHOOL}","technique":"{UV}"}}'
    assert pseudonym(office.student) not in record.detail
