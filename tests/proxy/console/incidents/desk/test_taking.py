"""A step is taken with its move and record, or not at all."""

import pytest

from acts_seen import incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.desk.taking import day, words_of
from proxy.console.incidents.models import Incident, Move
from proxy.console.incidents.states import State
from proxy.console.review.desk import recording
from review_office import MONDAY, Office


def test_a_step_leaves_a_move_and_a_record(office: Office) -> None:
    incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
    move = Move.objects.get()
    assert (move.incident, move.step, move.before, move.after, move.by) == (
        incident, "take_up", "open", "under_review", office.safeguarding,
    )  # fmt: skip
    record = AuditRecord.objects.latest("number")
    assert (record.action, record.about) == ("incident.take_up", f"incident:{incident.pk}")
    assert record.actor == f"person:{office.safeguarding.pk}"
    assert record.detail == f'{{"after":"under_review","before":"open","move":{move.pk}}}'


def test_what_cannot_be_recorded_was_not_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    incident, person = incident_of(office.student), office.safeguarding
    monkeypatch.setattr(recording, "append", full)
    with pytest.raises(OSError, match="full"):
        desk.take_up(incident.pk, person, at=MONDAY)
    incident.refresh_from_db()
    assert incident.state == "open"
    assert not Move.objects.exists()


@pytest.mark.parametrize("name", ["student", "teacher", "auditor", "counselor", "administrator"])
def test_nobody_else_takes_a_step(office: Office, name: str) -> None:
    incident = incident_of(office.student9)
    for step in (
        lambda: desk.take_up(incident.pk, office.person(name), at=MONDAY),
        lambda: desk.end(
            incident.pk, office.person(name), at=MONDAY, outcome=State.INNOCENT, words="I was it"
        ),
        lambda: desk.show_name(incident.pk, office.person(name), at=MONDAY),
    ):
        with pytest.raises(desk.Forbidden, match="another duty"):
            step()
    assert not Move.objects.exists()


def test_an_incident_that_is_none(office: Office) -> None:
    with pytest.raises(Incident.DoesNotExist):
        desk.take_up(4711, office.safeguarding, at=MONDAY)


def test_who_looked_at_something_else_is_told(office: Office) -> None:
    incident = incident_of(office.student)
    desk.take_up(incident.pk, office.safeguarding, at=MONDAY, seen=0)
    with pytest.raises(desk.Overtaken) as told:
        desk.take_up(incident.pk, office.safeguarding2, at=MONDAY, seen=0)
    assert told.value.incident.holder == office.safeguarding
    seen = Move.objects.latest("pk").pk
    assert (
        desk.take_up(incident.pk, office.safeguarding2, at=MONDAY, seen=seen).holder == office.safeguarding2
    )


def test_who_may_not_see_it_learns_nothing_of_what_others_did(office: Office) -> None:
    incident = incident_of(office.student)
    desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
    with pytest.raises(desk.Forbidden, match="another duty"):
        desk.take_up(incident.pk, office.teacher, at=MONDAY, seen=0)


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 4001], ids=["none", "blank", "too many"])
def test_words_are_said_and_bounded(words: str) -> None:
    with pytest.raises(desk.Incomplete) as told:
        words_of(words)
    assert told.value.field == "words"
    assert words_of("  so it was ") == "so it was"


def test_a_day_is_the_schools(office: Office) -> None:
    assert day(MONDAY.replace(hour=3)).day == 29
