"""The database refuses what the procedure forbids, even where no code of ours is in its way."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from acts_seen import UV, act, ended, incident_of, refused
from past_the_desk import run
from proxy.console.audit import triggers
from proxy.console.incidents import desk, guards
from proxy.console.incidents.models import Finding, Incident, Move
from proxy.console.incidents.states import State
from proxy.console.people.models import Duty
from review_office import MONDAY, Office

pytestmark = pytest.mark.usefixtures("officers")
LATER = MONDAY + timedelta(hours=1)
TOMORROW = MONDAY + timedelta(days=1)


def test_every_trigger_is_there(db: None) -> None:
    assert triggers.missing(connection, guards.rules) == []


class TestSteps:
    def test_an_incident_begins_open(self, office: Office) -> None:
        fields = {
            "who": "a",
            "technique": UV,
            "score": 1,
            "opened_at": MONDAY,
            "first_at": MONDAY,
            "last_at": MONDAY,
        }
        refused("begins open", Incident.objects.create, **fields, state="under_review")
        refused("begins open", Incident.objects.create, **fields, holder=office.safeguarding)
        Incident.objects.create(**fields)

    def test_no_state_but_one_that_a_step_leads_to(self, office: Office) -> None:
        rows = Incident.objects.filter(pk=incident_of(office.student).pk)
        end = {"ended_at": LATER, "ended_by": office.safeguarding, "words": "so it was"}
        refused("no step leads|taken it up", rows.update, state="confirmed", **end)
        assert rows.update(state="under_review", holder=office.safeguarding, taken_at=MONDAY) == 1

    @pytest.mark.parametrize("name", ["counselor", "technician", "teacher", "auditor", "safeguarding9"])
    def test_nobody_takes_one_up_without_the_duty_at_the_school(self, office: Office, name: str) -> None:
        rows = Incident.objects.filter(pk=incident_of(office.student).pk)
        person = office.person(name)
        Duty.objects.filter(person=person, kind="safeguarding").update(ends=MONDAY.date() - timedelta(days=9))
        refused("has the duty", rows.update, state="under_review", holder=person, taken_at=MONDAY)
        refused("has the duty", rows.update, state="under_review", holder=None, taken_at=MONDAY)

    @pytest.mark.parametrize(
        "wrong",
        [{"words": ""}, {"ended_by": None}, {"ended_at": None}, {"ended_by": "safeguarding2"}],
        ids=["no words", "nobody", "no time", "not the holder"],
    )
    def test_it_ends_by_its_holder_with_words(self, office: Office, wrong: dict[str, Any]) -> None:
        incident = incident_of(office.student)
        desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
        if isinstance(wrong.get("ended_by"), str):
            wrong = {"ended_by": office.person(wrong["ended_by"])}
        good = {"ended_at": LATER, "ended_by": office.safeguarding, "words": "so it was"}
        rows = Incident.objects.filter(pk=incident.pk)
        refused("taken it up", rows.update, state="confirmed", **{**good, **wrong})
        assert rows.update(state="confirmed", **good) == 1

    def test_nothing_of_an_end_changes(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.CONFIRMED)
        rows = Incident.objects.filter(pk=incident.pk)
        for change in ({"words": "another"}, {"state": "open"}, {"score": 9}):
            refused("never changed|no step|come to", rows.update, **change)

    def test_of_a_person_one_stands_at_a_time(self, office: Office) -> None:
        first = incident_of(office.student)
        fields = {
            "who": first.who, "technique": UV, "score": 1, "opened_at": MONDAY, "first_at": MONDAY,
            "last_at": MONDAY,
        }  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.create(**fields)
        ended(first, office.safeguarding, State.UNCLEAR)
        Incident.objects.create(**fields)


class TestWhatIsKept:
    @pytest.mark.parametrize(
        "change",
        [{"who": "b"}, {"school": ""}, {"subject": "b"}, {"client": "b"}, {"opened_at": LATER}],
        ids=str,
    )
    def test_whose_acts_they_are_is_never_changed(self, office: Office, change: dict[str, Any]) -> None:
        incident_of(office.student)
        refused("never changed", Incident.objects.update, **change)

    @pytest.mark.parametrize(
        "change",
        [{"technique": "vpn"}, {"site": "b.example"}, {"who": "b"}, {"times": 0}, {"incident": None},
         {"first_at": LATER}, {"last_at": MONDAY - timedelta(days=1)}],
        ids=str,
    )  # fmt: skip
    def test_an_act_stays_what_it_was(self, office: Office, change: dict[str, Any]) -> None:
        incident_of(office.student)
        refused("never changed|stays in", Finding.objects.update, **change)
        Finding.objects.update(times=2, last_at=LATER, first_at=MONDAY - timedelta(seconds=1), confidence=1)

    @pytest.mark.parametrize("table", ["move", "finding", "incident"])
    def test_what_somebody_has_to_look_at_is_not_deleted(self, office: Office, table: str) -> None:
        desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        refused("is kept", run, f"DELETE FROM incidents_{table}")

    def test_what_led_to_nothing_and_what_has_ended_can_be(self, office: Office) -> None:
        act(0.3, who="b")
        ended(incident_of(office.student), office.safeguarding, State.CONFIRMED)
        Incident.objects.all().delete()
        Finding.objects.all().delete()
        assert not Move.objects.exists()

    def test_history_is_never_changed(self, office: Office) -> None:
        desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        refused("never changed", Move.objects.update, note="another")

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has REPLACE")
    def test_nothing_takes_the_place_of_an_incident(self, office: Office) -> None:
        incident = incident_of(office.student)
        columns = ", ".join(field.column for field in Incident._meta.local_fields if field.column != "id")
        refused(
            "takes the place",
            run,
            f"REPLACE INTO incidents_incident (id, {columns})"
            f" SELECT {incident.pk}, {columns} FROM incidents_incident",
        )
