"""What is deleted when its time has passed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from acts_seen import UV, act, ended, incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk, forgetting
from proxy.console.incidents.forgetting import forget
from proxy.console.incidents.models import Cursor, Finding, Incident, Move, Pardon, Taken
from proxy.console.incidents.states import State
from proxy.console.review.models import Permitted
from proxy.console.site.config import ConsoleConfig
from review_office import MONDAY, Office

DAY = timedelta(days=1)


def test_acts_that_led_to_nothing_go_after_their_days(
    office: Office, with_incidents: Callable[..., ConsoleConfig]
) -> None:
    with_incidents(keep_days=10)
    act(0.3)
    assert forget(MONDAY + 10 * DAY) == 0
    assert Finding.objects.exists()
    forget(MONDAY + 10 * DAY + timedelta(seconds=1))
    assert not Finding.objects.exists()


def test_an_incident_goes_with_all_that_belongs_to_it_and_the_record_stays(office: Office) -> None:
    pardon = desk.PardonWanted((UV,), "games.example", "who", MONDAY + DAY)
    permit = desk.PermitWanted(UV, "games.example", "who", MONDAY + DAY, "for physics")
    incident = ended(
        incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[pardon], permits=[permit]
    )
    assert forget(MONDAY + 365 * DAY) == 0
    assert forget(MONDAY + 367 * DAY) == 1
    assert not any(table.objects.exists() for table in (Incident, Finding, Move, Pardon, Permitted))
    acts = list(AuditRecord.objects.order_by("number").values_list("action", flat=True))
    assert acts[-4:] == ["incident.open", "incident.take_up", "incident.clear", "incident.forget"]
    text = " ".join(AuditRecord.objects.values_list("detail", flat=True))
    assert incident.who not in text
    assert "id-student" not in text


def test_what_nobody_has_ended_stays_for_good(office: Office) -> None:
    incident_of(office.student)
    taken = incident_of(office.student2)
    desk.take_up(taken.pk, office.safeguarding, at=MONDAY)
    assert forget(MONDAY + 3000 * DAY) == 0
    assert Incident.objects.count() == Finding.objects.count() == 2


def test_a_pardon_without_an_end_outlives_its_incident(office: Office) -> None:
    pardon = desk.PardonWanted((UV,), "games.example", "who")
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[pardon])
    forget(MONDAY + 400 * DAY)
    assert Pardon.objects.get().incident is None
    desk.revoke_pardon(Pardon.objects.get().pk, office.safeguarding, at=MONDAY + 400 * DAY, words="long over")
    forget(MONDAY + 800 * DAY)
    assert not Pardon.objects.exists()


def test_ids_of_events_stay_while_a_round_may_look_back_to_them(office: Office) -> None:
    Taken.objects.create(event="a", at=MONDAY)
    forget(MONDAY + DAY)
    assert Taken.objects.exists()
    forget(MONDAY + DAY + timedelta(minutes=2))
    assert not Taken.objects.exists()


def test_after_a_long_stop_they_stay_until_it_was_read_on(office: Office) -> None:
    Cursor.objects.create(read_to=MONDAY, looked_back_at=MONDAY, counts_from=MONDAY - DAY)
    Taken.objects.create(event="a", at=MONDAY)
    forget(MONDAY + 30 * DAY)
    assert Taken.objects.exists()
    Cursor.objects.update(read_to=MONDAY + 30 * DAY)
    forget(MONDAY + 30 * DAY)
    assert not Taken.objects.exists()


def test_many_go_in_several_transactions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    for number in range(5):
        ended(incident_of(office.person(f"student{number}")), office.safeguarding, State.UNCLEAR)
        act(0.1, who=f"other-{number}")
    assert forget(MONDAY + 400 * DAY) == 5
    assert not Finding.objects.exists()
