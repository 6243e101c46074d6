"""Who asks: whoever is logged in, else the student or device that the gateway knew."""

from datetime import date

import pytest

from handed_tickets import BLOCKED_AT, ticket
from proxy.console.portal.askers import Asker, known_to_gateway, logged_in
from proxy.console.portal.evidence import from_ticket
from proxy.console.site.config import config


def known(subject):
    return known_to_gateway(from_ticket(ticket(subject), config(), BLOCKED_AT), config())


def test_a_student_of_the_roster(office):
    student = office.student
    assert known(student.sourced_id) == Asker(student, "id-student", "valley-high", "ticket")


def test_a_device_that_several_use(db):
    assert known("library-pc") == Asker(None, "library-pc", "valley-high", "ticket")


def test_a_device_of_one_person_is_that_person(office):
    """The gateway puts the person's id into its tickets, not the device's."""
    assert known("chromebook-0017") is None


@pytest.mark.parametrize("subject", ["", "nobody-of-the-roster"])
def test_nobody(office, subject):
    office.student  # noqa: B018
    assert known(subject) is None


def test_staff_must_log_in(office):
    assert known(office.teacher.sourced_id) is None


@pytest.mark.parametrize("change", [{"enabled": False}, {"ends_on": date(2026, 11, 27)}])
def test_leavers_are_not_known(office, change):
    student = office.student
    for name, value in change.items():
        setattr(student, name, value)
    student.save()
    assert known(student.sourced_id) is None


def test_nobody_is_known_while_the_gateways_key_cannot_be_read(office, with_state):
    sealed = ticket(office.student.sourced_id)
    met = from_ticket(sealed, config(), BLOCKED_AT)
    assert known_to_gateway(met, config()) is not None
    (with_state / "keys" / "pseudonym.key").chmod(0o644)
    assert known_to_gateway(met, config()) is None


def test_whoever_is_logged_in(office):
    assert logged_in(office.teacher) == Asker(office.teacher, "id-teacher", "valley-high", "login")


def test_students_and_shared_devices_get_the_short_form(office):
    assert logged_in(office.student).is_student
    assert Asker(None, "library-pc", "", "ticket").is_student
    assert not logged_in(office.teacher).is_student
