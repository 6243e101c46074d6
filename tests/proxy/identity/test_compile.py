"""From settings and roster to a directory."""

from pathlib import Path
from typing import Any

import pytest

from proxy.identity.compile import directory_from, roster_files
from proxy.identity.directory import KnownPerson, KnownScope, login_hash
from proxy.identity.roster import Roster, RosterPerson
from written_school import WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def placed(school: WrittenSchool, person: RosterPerson) -> KnownPerson | None:
    people = directory_from(school.settings(), Roster((person,))).people
    return people[0] if people else None


def test_scopes_know_their_parents_and_who_is_a_minor(school: WrittenSchool) -> None:
    groups: list[dict[str, Any]] = [
        {"id": "pupils", "profile": "middle", "minor": True},
        {"id": "seventh", "parent": "pupils"},
        {"id": "staff", "parent": "oak", "profile": "staff", "minor": False, "inspect": True},
    ]
    school.change(groups=groups)
    scopes = directory_from(school.settings()).scopes
    assert {id_: scopes[id_] for id_ in ("oak", "pupils", "seventh", "staff")} == {
        "oak": KnownScope("school", "district"),
        "pupils": KnownScope("group", "district", minor=True),
        "seventh": KnownScope("group", "pupils", minor=True),
        "staff": KnownScope("group", "oak", minor=False, inspect=True),
    }


def test_the_first_placement_that_fits_counts(school: WrittenSchool) -> None:
    placements = [
        {"group": "staff", "roles": ["teacher", "aide"], "school": "oak"},
        {"group": "pupils", "roles": ["student", "teacher"]},
    ]
    school.change(roster={"users": "roster/users.csv", "placements": placements})
    groups = {
        (role, org): person.group if (person := placed(school, RosterPerson("x", role, school=org))) else None
        for role in ("teacher", "student", "parent")
        for org in ("org-oak", "org-elm")
    }
    assert groups == {
        ("teacher", "org-oak"): "staff",
        ("teacher", "org-elm"): "pupils",
        ("student", "org-oak"): "pupils",
        ("student", "org-elm"): "pupils",
        ("parent", "org-oak"): None,
        ("parent", "org-elm"): None,
    }


def test_a_class_has_its_rules_for_pupils_and_its_name_for_all(school: WrittenSchool) -> None:
    pupil = placed(school, RosterPerson("s", "student", grade="06", classes=("class-lab",)))
    teacher = placed(school, RosterPerson("t", "teacher", classes=("class-lab",)))
    assert pupil is not None
    assert teacher is not None
    assert (pupil.classes, pupil.class_scopes) == (("class-lab", "lab"), ("lab",))
    assert (teacher.classes, teacher.class_scopes) == (("class-lab", "lab"), ())


@pytest.mark.parametrize(
    ("role", "adult", "minor"),
    [("teacher", None, False), ("teacher", False, True), ("student", None, True), ("student", True, True)],
)
def test_whoever_may_be_under_17_is_a_minor(
    school: WrittenSchool, role: str, adult: bool | None, minor: bool
) -> None:
    person = placed(school, RosterPerson("x", role, grade="11", adult=adult))
    assert person is not None
    assert person.minor is minor


def test_log_in_names_lead_to_people_by_hash(school: WrittenSchool) -> None:
    roster = Roster((RosterPerson("s", "student", "pat", "06"), RosterPerson("t", "student", "", "06")))
    directory = directory_from(school.settings(), roster)
    assert directory.logins == {login_hash(directory.salt, " PAT"): "s"}


def test_the_files_of_the_roster_are_those_in_the_settings(school: WrittenSchool) -> None:
    files = roster_files(school.settings())
    assert files is not None
    assert files.users == (school.config / "roster" / "users.csv").resolve()
    assert files.classes is None
