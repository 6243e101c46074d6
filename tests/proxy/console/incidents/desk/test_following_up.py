"""More follows from an incident that was innocent, some time after its end."""

import json
from datetime import timedelta

import pytest

from acts_seen import UV, ended, incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident, Move, Pardon
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from proxy.console.review.models import Permitted
from review_office import MONDAY, Office

LATER = MONDAY + timedelta(days=3)
PARDON = desk.PardonWanted(("webproxy",), "games.example", "who")
PERMIT = desk.PermitWanted(UV, "games.example", "who", LATER + timedelta(days=7), "for physics")


@pytest.fixture
def incident(office: Office) -> Incident:
    """One that was innocent, and from which nothing followed."""
    return ended(incident_of(office.student), office.safeguarding, State.INNOCENT)


def test_a_colleague_on_duty_adds_both_with_words(office: Office, incident: Incident) -> None:
    desk.follow_up(
        incident.pk,
        office.safeguarding2,
        at=LATER,
        words=" it came back ",
        pardons=[PARDON],
        permits=[PERMIT],
    )
    pardon, permit = Pardon.objects.get(), Permitted.objects.get()
    assert (pardon.incident, pardon.by, pardon.at) == (incident, office.safeguarding2, LATER)
    assert (permit.incident, permit.by, permit.at) == (incident.pk, office.safeguarding2, LATER)
    move = Move.objects.latest("pk")
    assert (move.step, move.before, move.after, move.note, move.by) == (
        "follow_up", "innocent", "innocent", "it came back", office.safeguarding2,
    )  # fmt: skip
    record = AuditRecord.objects.latest("number")
    told = json.loads(record.detail)
    assert (record.action, record.about) == ("incident.follow_up", f"incident:{incident.pk}")
    assert (told["pardons"], told["permits"]) == ([pardon.pk], [permit.pk])
    assert "came back" not in record.detail


def test_not_without_words_and_not_for_nothing(office: Office, incident: Incident) -> None:
    with pytest.raises(desk.Incomplete, match="Say why"):
        desk.follow_up(incident.pk, office.safeguarding, at=LATER, words=" ", pardons=[PARDON])
    with pytest.raises(desk.Incomplete, match="what follows"):
        desk.follow_up(incident.pk, office.safeguarding, at=LATER, words="so")
    assert Move.objects.count() == 2


def test_by_nobody_without_the_duty_and_by_nobody_about_themselves(office: Office) -> None:
    incident = ended(incident_of(office.safeguarding2), office.safeguarding, State.INNOCENT)
    elsewhere = office.teacher1
    office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
    for person in (elsewhere, office.auditor, office.technician, office.safeguarding2):
        with pytest.raises(desk.Forbidden):
            desk.follow_up(incident.pk, person, at=LATER, words="so", pardons=[PARDON])
    assert not Pardon.objects.exists()


@pytest.mark.parametrize("outcome", [State.CONFIRMED, State.UNCLEAR], ids=lambda outcome: outcome.value)
def test_only_from_what_was_innocent(office: Office, outcome: State) -> None:
    waits = incident_of(office.student)
    with pytest.raises(desk.Forbidden):
        desk.follow_up(waits.pk, office.safeguarding, at=LATER, words="so", pardons=[PARDON])
    ended(waits, office.safeguarding, outcome)
    with pytest.raises(desk.Forbidden, match="has ended"):
        desk.follow_up(waits.pk, office.safeguarding, at=LATER, words="so", pardons=[PARDON])


def test_nothing_follows_from_other_acts_than_were_shown(office: Office, incident: Incident) -> None:
    with pytest.raises(desk.Overtaken, match="More was seen"):
        desk.follow_up(
            incident.pk, office.safeguarding, at=LATER, words="so", pardons=[PARDON], acts=f"0 0 {UV}"
        )
    assert not Pardon.objects.exists()


def test_whoever_was_slower_is_told(office: Office, incident: Incident) -> None:
    seen = Move.objects.latest("pk").pk
    desk.follow_up(incident.pk, office.safeguarding, at=LATER, words="so", pardons=[PARDON], seen=seen)
    later = LATER + timedelta(hours=1)
    with pytest.raises(desk.Overtaken):
        desk.follow_up(incident.pk, office.safeguarding2, at=later, words="so", pardons=[PARDON], seen=seen)
    assert Pardon.objects.count() == 1
