"""Reading OneRoster files."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.identity.roster import RosterFiles, RosterPerson, grade_code, read_roster

TODAY = date(2026, 11, 23)
HEADER = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades\n"


def files(directory: Path, users: str, **others: str) -> RosterFiles:
    """Write a roster; keywords are the contents of its other files."""
    paths = {}
    for name, content in {"users": users, **others}.items():
        paths[name] = directory / f"{name}.csv"
        paths[name].write_text(content, encoding="utf-8")
    return RosterFiles(**paths)


def complaints(roster_files: RosterFiles) -> list[str]:
    directory = roster_files.users.parent.name
    found = read_roster(roster_files, TODAY).problems
    return sorted(str(problem).removeprefix(f"{directory}/") for problem in found)


def test_people_are_read_without_their_names(tmp_path: Path) -> None:
    roster = read_roster(
        files(
            tmp_path,
            HEADER + 's1,active,true,"district,oak",student,Pat.Lee,Pat,Lee,6\n'
            "t1,,TRUE,oak,teacher,kim,Kim,Doe,\n",
            orgs="sourcedId,type\noak,school\ndistrict,district\n",
            classes="sourcedId\nmath\nart\n",
            enrollments="sourcedId,classSourcedId,userSourcedId,role,beginDate,endDate\n"
            "e1,math,s1,student,2026-08-19,\ne2,art,s1,student,,2026-11-22\ne3,math,t1,teacher,,\n",
            demographics="sourcedId,birthDate\ns1,2014-02-01\n",
        ),
        TODAY,
    )

    assert roster.problems == ()
    assert roster.people == (
        RosterPerson("s1", "student", "pat.lee", "06", "oak", ("math",), adult=False),
        RosterPerson("t1", "teacher", "kim", "", "oak", ("math",)),
    )


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        pytest.param("2009-11-23", True, id="seventeen today"),
        pytest.param("2009-11-24", False, id="seventeen tomorrow"),
        pytest.param("", None, id="not given"),
    ],
)
def test_a_minor_is_under_17(tmp_path: Path, born: str, adult: bool | None) -> None:
    users = HEADER + "s1,active,true,oak,student,pat,Pat,Lee,11\n"
    found = files(tmp_path, users, demographics=f"sourcedId,birthDate\ns1,{born}\n")
    assert read_roster(found, TODAY).people[0].adult is adult


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param("s1,tobedeleted,true,oak,student,pat,Pat,Lee,06", id="to be deleted"),
        pytest.param("s1,inactive,true,oak,student,pat,Pat,Lee,06", id="inactive"),
        pytest.param("s1,active,false,oak,student,pat,Pat,Lee,06", id="not enabled"),
    ],
)
def test_who_is_not_in_use_is_not_known_and_no_problem(tmp_path: Path, cells: str) -> None:
    roster = read_roster(files(tmp_path, HEADER + cells + "\n"), TODAY)
    assert (roster.people, roster.problems) == ((), ())


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        pytest.param("sourcedId,username\n", "users.csv:1: lacks the column role", id="no column"),
        pytest.param("", "users.csv:1: lacks the column sourcedId, role", id="empty file"),
        pytest.param(HEADER + ",,true,oak,student,pat,,,06\n", "users.csv:2: has no sourcedId", id="no id"),
        pytest.param(HEADER + "s1,,true,oak\n", "users.csv:2: has 4 cells, the header has 9", id="short row"),
        pytest.param(HEADER + "s1,,true,oak,pupil,pat,,,06\n", "users.csv:2: has an unknown role", id="role"),
        pytest.param(
            HEADER + "s1,,maybe,oak,student,pat,,,06\n", "users.csv:2: has an enabledUser", id="enabled"
        ),
        pytest.param(
            HEADER + "s1,,true,oak,student,pat,,,06\n" * 2,
            "users.csv:3: repeats the sourcedId of line 2",
            id="twice",
        ),
        pytest.param(
            HEADER + "s1,,true,oak,student,pat,,,06\ns2,,true,oak,student,PAT,,,06\n",
            "users.csv:3: has the username of line 2",
            id="shared username",
        ),
        pytest.param(HEADER + 's1,,true,"oak\n', "users.csv:2: is no CSV from here on", id="open quote"),
    ],
)
def test_rows_that_cannot_be_used_are_named_by_line(tmp_path: Path, users: str, expected: str) -> None:
    found = complaints(files(tmp_path, users))
    assert [problem[: len(expected)] for problem in found] == [expected]


def test_rows_of_the_other_files_are_named_too(tmp_path: Path) -> None:
    found = files(
        tmp_path,
        HEADER + "s1,,true,elm,student,pat,,,06\n",
        orgs="sourcedId,type\noak,school\n",
        classes="sourcedId\nmath\n",
        enrollments="sourcedId,classSourcedId,userSourcedId,beginDate,endDate\n"
        "e1,art,s1,,\ne2,math,s1,23.11.2026,\ne3,math,unknown,,\n",
        demographics="sourcedId,birthDate\ns1,yesterday\n",
    )
    assert complaints(found) == [
        "demographics.csv:2: has a birthDate that is not written as 2012-11-23",
        "enrollments.csv:2: names a class that the classes file does not have",
        "enrollments.csv:3: has a date that is not written as 2026-11-23",
        "users.csv:2: names no school of the orgs file in orgSourcedIds",
    ]


def test_a_username_that_two_people_have_proves_neither(tmp_path: Path) -> None:
    users = HEADER + "s1,,true,oak,student,pat,,,06\ns2,,true,oak,student,Pat,,,06\n"
    assert [person.username for person in read_roster(files(tmp_path, users), TODAY).people] == ["", ""]


def test_a_file_with_a_byte_order_mark_is_read_and_another_encoding_is_named(tmp_path: Path) -> None:
    found = files(tmp_path, "\ufeff" + HEADER + "s1,,true,oak,student,pat,Zoë,Lee,06\n")
    assert len(read_roster(found, TODAY).people) == 1
    found.users.write_bytes(HEADER.encode() + b"s1,,true,oak,student,pat,Zo\xeb,Lee,06\n")
    assert complaints(found) == ["users.csv: is not UTF-8; save it as 'CSV UTF-8'"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert complaints(RosterFiles(tmp_path / "users.csv")) == [
        "users.csv: cannot be read: No such file or directory"
    ]


@pytest.mark.parametrize(
    ("text", "code"), [("6", "06"), ("KG", "KG"), ("kg", "KG"), ("11,12", "11"), ("", "")]
)
def test_grades_have_one_spelling(text: str, code: str) -> None:
    assert grade_code(text) == code


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_octets_make_problems_and_never_an_exception(tmp_path: Path, data: bytes) -> None:
    found = RosterFiles(*(tmp_path / f"{name}.csv" for name in ("users", "orgs", "classes", "enr", "demo")))
    for path in (found.users, found.orgs, found.classes, found.enrollments, found.demographics):
        assert path is not None
        path.write_bytes(HEADER.encode() + data if path == found.users else data)
    read_roster(found, TODAY)
