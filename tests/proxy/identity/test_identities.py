"""Who is behind an address or a log-in name."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from proxy.decision.request import Subject
from proxy.identity.compile import directory_from, roster_files
from proxy.identity.directory import from_json, to_json
from proxy.identity.identities import Identities
from proxy.identity.roster import read_roster
from written_school import WrittenSchool, write_school

ELEVEN = Subject(
    group="pupils",
    scopes=("lab", "pupils", "oak", "district"),
    minor=True,
    id="student-11",
    school="oak",
    grade="11",
    classes=("class-lab", "lab"),
    inspectable=True,
    network="rooms",
)


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def identities(school: WrittenSchool, **parts: Any) -> Identities:
    if parts:
        school.change(**parts)
    settings = school.settings()
    files = roster_files(settings)
    assert files is not None
    return Identities.from_settings(settings, read_roster(files, date(2026, 11, 23)))


def test_an_unidentified_client_matches_no_subject_only_its_networks_group(school: WrittenSchool) -> None:
    assert identities(school).subject("198.51.100.7") == Subject(
        group="staff", scopes=("staff", "district"), minor=False, network="office"
    )


def test_a_network_without_group_gets_the_strictest_one(school: WrittenSchool) -> None:
    assert identities(school).subject("192.0.2.1") == Subject(
        group="pupils", scopes=("pupils", "district"), minor=True, inspectable=True, network="rooms"
    )


def test_a_client_outside_all_networks_is_not_known_and_strictest(school: WrittenSchool) -> None:
    known = identities(school)
    assert known.known_network("10.0.0.1") is None
    assert known.subject("10.0.0.1") == known.strictest() == Subject("pupils", ("pupils", "district"))


@pytest.mark.parametrize(
    ("client", "network"),
    [("192.0.2.9", "rooms"), ("2001:db8:5::9", "office"), ("::ffff:203.0.113.9", "guests"), ("x", None)],
)
def test_known_networks_are_named(school: WrittenSchool, client: str, network: str | None) -> None:
    assert identities(school).known_network(client) == network


def test_a_device_stands_for_the_person_who_uses_it(school: WrittenSchool) -> None:
    assert identities(school).subject("192.0.2.77") == replace(
        ELEVEN, scopes=("tablet", "lab", "pupils", "oak", "district")
    )


def test_a_log_in_identifies_in_any_case_of_letters(school: WrittenSchool) -> None:
    known = identities(school)
    assert known.subject("192.0.2.1", "eleven") == known.subject("192.0.2.1", "ELEVEN") == ELEVEN


def test_a_log_in_counts_before_the_device(school: WrittenSchool) -> None:
    subject = identities(school).subject("192.0.2.77", "teach")
    assert (subject.id, subject.group, subject.minor) == ("teacher-1", "staff", False)
    assert subject.scopes == ("tablet", "staff", "oak", "district")


@pytest.mark.parametrize("login", ["nobody", "gone", "", "student-11"])
def test_a_log_in_that_the_roster_does_not_have_identifies_nobody(school: WrittenSchool, login: str) -> None:
    assert identities(school).subject("192.0.2.1", login).id == ""


def test_where_a_network_does_not_identify_everybody_is_its_group(school: WrittenSchool) -> None:
    subject = identities(school).subject("203.0.113.5", "teach")
    assert (subject.id, subject.group) == ("", "pupils")


def test_a_forwarder_is_judged_as_its_group_whoever_logs_in(school: WrittenSchool) -> None:
    forwarders = [{"addresses": "192.0.2.200", "group": "staff"}]
    known = identities(school, dns={"upstreams": [{"address": "192.0.2.53"}], "forwarders": forwarders})
    assert known.subject("192.0.2.200", "six").group == "staff"


def test_a_pupil_without_birth_date_is_a_minor_even_in_a_group_of_adults(school: WrittenSchool) -> None:
    users = school.config / "roster" / "users.csv"
    users.write_text(users.read_text() + "aide-1,true,org-oak,student,helper,G,F,12\n")
    placements = [{"group": "staff", "grades": ["12"]}, {"group": "pupils"}]
    roster = {"users": "roster/users.csv", "placements": placements}
    assert identities(school, roster=roster).subject("192.0.2.1", "helper").minor is True


def test_a_pupil_of_17_in_a_group_of_minors_is_treated_as_a_minor(school: WrittenSchool) -> None:
    assert ELEVEN.minor is True
    people = {person.id: person for person in identities(school).directory.people}
    assert people["student-11"].minor is True


def test_a_silent_network_leaves_inspection_to_the_scopes_and_silence_means_no(school: WrittenSchool) -> None:
    assert identities(school).subject("198.51.100.7").inspectable is False
    networks = [{"id": "office", "addresses": "198.51.100.0/24", "group": "staff"}]
    staff = {"id": "staff", "profile": "staff", "minor": False, "inspect": True}
    pupils = {"id": "pupils", "profile": "middle", "minor": True}
    known = identities(school, networks=networks, groups=[pupils, staff], devices=[])
    assert known.subject("198.51.100.7").inspectable is True


def test_tools_find_groups_people_and_devices_by_id(school: WrittenSchool) -> None:
    known = identities(school)
    found = {name: known.named(name) for name in ("staff", "teacher-1", "tablet", "student-gone", "oak")}
    assert {name: (s.group, s.id) if s else None for name, s in found.items()} == {
        "staff": ("staff", ""),
        "teacher-1": ("staff", "teacher-1"),
        "tablet": ("pupils", "student-11"),
        "student-gone": None,
        "oak": None,
    }


def test_a_directory_comes_back_from_its_spelling_and_holds_no_names(school: WrittenSchool) -> None:
    directory = identities(school).directory
    spelled = to_json(directory)
    assert from_json(spelled) == directory
    for private in (b"Given", b"Family", b"eleven", b'teach"', b"2009"):
        assert private not in spelled


def test_log_in_names_are_hashed_under_a_salt_that_can_be_kept(school: WrittenSchool) -> None:
    settings = school.settings()
    files = roster_files(settings)
    assert files is not None
    roster = read_roster(files, date(2026, 11, 23))
    first, second = directory_from(settings, roster), directory_from(settings, roster)
    assert first.logins.keys().isdisjoint(second.logins.keys())
    assert directory_from(settings, roster, first.salt) == first


def test_what_is_remembered_is_bounded_and_right(school: WrittenSchool) -> None:
    known = identities(school)
    for number in range(30_000):
        known.subject(f"192.0.2.{number % 250}", f"guess-{number}")
    assert known.subject("192.0.2.1", "eleven") == ELEVEN


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        pytest.param({"subject": "student-11"}, "tablet", id="of one person"),
        pytest.param({"group": "pupils"}, "", id="a cart, for all that is known"),
        pytest.param({"group": "pupils", "four": "192.0.2.77"}, "tablet", id="with one IPv4 address"),
        pytest.param({"group": "pupils", "four": "192.0.2.64/28"}, "", id="with a range of them"),
    ],
)
def test_a_device_is_one_whichever_of_its_addresses_it_uses(
    school: WrittenSchool, device: dict[str, str], expected: str
) -> None:
    ranges = [*filter(None, [device.pop("four", "")]), "2001:db8:5::/64"]
    known = identities(school, devices=[{"id": "tablet", "addresses": ranges, **device}])
    assert {known.single_device(f"2001:db8:5::{n}") for n in (1, 2)} == {expected}
    assert known.single_device("2001:db8:5:1::1") == ""
