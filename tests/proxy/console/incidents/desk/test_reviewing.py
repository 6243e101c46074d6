"""An incident is taken up and given back."""

from datetime import timedelta

import pytest

from acts_seen import incident_of
from proxy.console.incidents import desk
from proxy.console.incidents.models import Move
from review_office import MONDAY, Office


def test_it_is_taken_up_and_given_back(office: Office) -> None:
    incident = incident_of(office.student)
    taken = desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
    assert (taken.state, taken.holder, taken.taken_at) == ("under_review", office.safeguarding, MONDAY)
    given = desk.give_back(incident.pk, office.safeguarding, at=MONDAY, note=" I know the family ")
    assert (given.state, given.holder, given.taken_at) == ("open", None, None)
    assert Move.objects.latest("pk").note == "I know the family"


def test_a_colleague_goes_on(office: Office) -> None:
    incident = incident_of(office.student)
    desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
    later = MONDAY + timedelta(hours=1)
    taken = desk.take_up(incident.pk, office.safeguarding2, at=later)
    assert (taken.state, taken.holder, taken.taken_at) == ("under_review", office.safeguarding2, later)
    with pytest.raises(desk.Forbidden, match="Only whoever"):
        desk.give_back(incident.pk, office.safeguarding, at=later)


def test_nobody_takes_up_what_they_have(office: Office) -> None:
    incident = incident_of(office.student)
    desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
    with pytest.raises(desk.Forbidden, match="already"):
        desk.take_up(incident.pk, office.safeguarding, at=MONDAY)
