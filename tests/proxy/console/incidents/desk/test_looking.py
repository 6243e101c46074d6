"""Whom an incident is about, and that each look is recorded."""

import pytest

from acts_seen import incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.people.models import Person
from review_office import MONDAY, Office


def looks() -> list[tuple[str, str, str]]:
    rows = AuditRecord.objects.filter(action="incident.look").order_by("number")
    return list(rows.values_list("actor", "about", "detail"))


def test_each_look_is_recorded_without_the_name(office: Office) -> None:
    incident = incident_of(office.student)
    assert desk.show_name(incident.pk, office.safeguarding, at=MONDAY) == "Student"
    assert desk.show_name(incident.pk, office.safeguarding, at=MONDAY) == "Student"
    assert looks() == [(f"person:{office.safeguarding.pk}", f"incident:{incident.pk}", "{}")] * 2


@pytest.mark.parametrize("name", ["auditor", "counselor", "student"])
def test_who_may_not_learns_nothing_and_looks_at_nothing(office: Office, name: str) -> None:
    incident = incident_of(office.student9)
    with pytest.raises(desk.Forbidden):
        desk.show_name(incident.pk, office.person(name), at=MONDAY)
    assert looks() == []


def test_where_nobody_is_known_the_look_is_recorded_too(office: Office) -> None:
    nobody, gone = incident_of(), incident_of(office.student)
    Person.objects.filter(pk=office.student.pk).update(sourced_id="another-id")
    assert desk.show_name(nobody.pk, office.safeguarding, at=MONDAY) == ""
    assert desk.show_name(gone.pk, office.safeguarding, at=MONDAY) == ""
    assert len(looks()) == 2
