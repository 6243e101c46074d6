"""Acts go on while somebody ends their incident: one comes after the other."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from acts_seen import UV, incident_of, seen
from proxy.console.incidents import desk
from proxy.console.incidents.acts import Acts
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.states import State
from proxy.incidents.told import Told
from review_office import MONDAY, Office

AT_MOST_S = 1
MINUTE = timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_what_goes_on_is_written_before_its_incident_ends() -> None:
    office = Office()
    incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
    has_ended = Event()

    def end() -> None:
        outcome = State.UNCLEAR
        desk.end(incident.pk, office.safeguarding, at=MONDAY + MINUTE, outcome=outcome, words="so")
        has_ended.set()
        connection.close()

    ending = Thread(target=end)
    with transaction.atomic():
        acts = Acts({}, 60 * MINUTE)
        assert acts.take(seen(subject=incident.subject, at=MONDAY + MINUTE), Told(UV, 1.0, 0.9, {}))
        ending.start()
        has_ended.wait(AT_MOST_S)  # it waits for us; where it did not, the act could not be kept
        acts.keep()
    ending.join()
    assert Finding.objects.get().times == 2
    assert Incident.objects.get().state == "unclear"
