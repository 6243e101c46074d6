"""How an incident ends."""

import json
from datetime import timedelta

import pytest

from acts_seen import UV, act, incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.offers import acts_of
from proxy.console.incidents.states import ENDING, State
from review_office import MONDAY, Office

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def incident(office: Office) -> Incident:
    """One that the safeguarding officer has taken up."""
    return desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)


@pytest.mark.parametrize("outcome", ENDING, ids=lambda outcome: outcome.value)
def test_it_ends_with_words_that_stay_out_of_the_record(
    office: Office, incident: Incident, outcome: State
) -> None:
    done = desk.end(incident.pk, office.safeguarding, at=LATER, outcome=outcome, words=" we spoke about it ")
    done.refresh_from_db()
    assert (done.state, done.ended_by, done.ended_at, done.words) == (
        outcome.value, office.safeguarding, LATER, "we spoke about it",
    )  # fmt: skip
    assert not done.stands
    assert done.moves.latest("pk").note == "we spoke about it"
    record = AuditRecord.objects.latest("number")
    told = json.loads(record.detail)
    assert record.action == f"incident.{ENDING[outcome].value}"
    assert {name: told[name] for name in ("after", "technique", "acts")} == {
        "after": outcome.value, "technique": UV, "acts": 1,
    }  # fmt: skip
    assert "spoke" not in record.detail


@pytest.mark.parametrize("outcome", ENDING, ids=lambda outcome: outcome.value)
def test_it_does_not_end_with_an_act_that_joined_since(
    office: Office, incident: Incident, outcome: State
) -> None:
    acts = acts_of(incident)
    act(technique="vpn.wireguard", who=incident.who, incident=incident, site="b.example")
    said = {"at": LATER, "outcome": outcome, "words": "we spoke about it"}
    with pytest.raises(desk.Overtaken, match="More was seen"):
        desk.end(incident.pk, office.safeguarding, acts=acts, **said)
    incident.refresh_from_db()
    assert (incident.state, incident.moves.count()) == ("under_review", 1)
    desk.end(incident.pk, office.safeguarding, acts=acts_of(incident), **said)


@pytest.mark.parametrize("outcome", ENDING, ids=lambda outcome: outcome.value)
def test_none_ends_without_words(office: Office, incident: Incident, outcome: State) -> None:
    with pytest.raises(desk.Incomplete):
        desk.end(incident.pk, office.safeguarding, at=LATER, outcome=outcome, words=" ")
    incident.refresh_from_db()
    assert incident.state == "under_review"


def test_only_its_holder_ends_it_and_once(office: Office, incident: Incident) -> None:
    with pytest.raises(desk.Forbidden, match="Only whoever"):
        desk.end(incident.pk, office.safeguarding2, at=LATER, outcome=State.UNCLEAR, words="not mine")
    desk.end(incident.pk, office.safeguarding, at=LATER, outcome=State.UNCLEAR, words="nobody knows")
    with pytest.raises(desk.Forbidden, match="has ended"):
        desk.end(incident.pk, office.safeguarding, at=LATER, outcome=State.CONFIRMED, words="or was it")
    with pytest.raises(desk.Forbidden, match="has ended"):
        desk.take_up(incident.pk, office.safeguarding2, at=LATER)


@pytest.mark.parametrize("outcome", [State.CONFIRMED, State.UNCLEAR], ids=lambda outcome: outcome.value)
def test_only_what_was_innocent_is_forgiven(office: Office, incident: Incident, outcome: State) -> None:
    wanted = desk.PardonWanted((UV,), "games.example", "who")
    with pytest.raises(desk.Incomplete, match="innocent"):
        desk.end(incident.pk, office.safeguarding, at=LATER, outcome=outcome, words="so", pardons=[wanted])
    assert not Pardon.objects.exists()


def test_what_is_wrong_with_a_pardon_ends_nothing(office: Office, incident: Incident) -> None:
    act(technique="vpn.wireguard", who="another")
    wanted = desk.PardonWanted(("vpn.wireguard",), "games.example", "who")
    with pytest.raises(desk.Incomplete):
        desk.end(
            incident.pk, office.safeguarding, at=LATER, outcome=State.INNOCENT, words="so", pardons=[wanted]
        )
    incident.refresh_from_db()
    assert incident.state == "under_review"
