"""How many incidents there are."""

from datetime import timedelta

from acts_seen import UV, ended, incident_of
from proxy.console.incidents.standing import how_many, standing
from proxy.console.incidents.states import State
from review_office import MONDAY, SCHOOL, Office


def test_what_stands_and_how_others_ended(office: Office) -> None:
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
    open_one = incident_of(office.student2)
    elsewhere = incident_of(office.student3, school="maple-elementary")
    since = MONDAY - timedelta(days=30)
    assert set(standing()) == {open_one, elsewhere}
    assert how_many(UV, since) == {"innocent": 1, "open": 2}
    assert how_many(UV, since, SCHOOL) == {"innocent": 1, "open": 1}
    assert how_many("vpn.wireguard", since) == {}
    assert how_many(UV, MONDAY + timedelta(seconds=1)) == {}
