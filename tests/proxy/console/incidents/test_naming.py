"""Who is behind a pseudonym."""

from dataclasses import replace
from pathlib import Path

import pytest

from acts_seen import pseudonym, seen
from proxy.console.incidents.naming import Known, behind, own, pseudonyms, whom
from proxy.console.people.models import Person
from proxy.console.site.config import config, use
from proxy.incidents.pardons import Whom
from review_office import SCHOOL, Office


def test_people_of_the_roster_are_known_with_their_classes(office: Office) -> None:
    office.school_class("physics-2", ["student"])
    found = behind([pseudonym(office.student), "nobody0000000000", ""])
    assert found == {
        pseudonym(office.student): Known("id-student", "Student", SCHOOL, frozenset({"physics-2"}))
    }


def test_a_device_that_several_use_is_known_by_its_title(db: None) -> None:
    device = config().settings.devices[0]
    told = pseudonyms()
    assert told is not None
    found = behind([told.of(device.id)])[told.of(device.id)]
    assert (found.id, found.name, found.school) == (device.id, device.title or device.id, device.school or "")


def test_who_is_not_in_the_roster_has_no_pseudonym(office: Office) -> None:
    Person.objects.filter(pk=office.teacher.pk).update(sourced_id=None)
    office.teacher.refresh_from_db()
    assert own(office.teacher) == ""
    assert own(office.student) == pseudonym(office.student)


def test_without_the_key_nobody_is_told(office: Office, state: Path) -> None:
    subject = pseudonym(office.student)
    (state / "keys" / "pseudonym.key").chmod(0o640)
    assert behind([subject]) == {}
    assert own(office.student) is None


@pytest.mark.parametrize(
    ("client", "school"),
    [
        ("127.0.1.3", SCHOOL),
        ("127.0.1.1", "maple-elementary"),
        ("127.0.1.5", ""),
        ("192.0.2.7", ""),
        ("x", ""),
    ],
)
def test_of_whom_nobody_knows_the_network_tells_the_school(client: str, school: str) -> None:
    assert whom(seen(client=client), None) == Whom(client, school, frozenset({"high"}))


def test_a_group_of_one_school_tells_it_and_who_is_known_is_where_they_are_known() -> None:
    running = config()
    groups = tuple(
        group.model_copy(update={"parent": SCHOOL}) if group.id == "high" else group
        for group in running.settings.groups
    )
    use(replace(running, settings=running.settings.model_copy(update={"groups": groups})))
    try:
        assert whom(seen(), None) == Whom("10.20.1.7", SCHOOL, frozenset({"high", SCHOOL}))
        known = Known("id", "Name", "maple-elementary", frozenset({"art-1"}))
        assert whom(seen(subject="abcd"), known).school == "maple-elementary"
        assert whom(seen(subject="abcd"), known).who == "abcd"
    finally:
        use(running)
