"""The links above every page: those that lead somewhere for a person; where they are is marked."""

import pytest

from proxy.console.look.navigation import LINKS, address, entries
from proxy.console.people.access import DutyAt
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import refusal
from proxy.settings.schema.who import Role


def seen(*duties, at="/", role=Role.TEACHER.value, school="", inside=True):
    held = [DutyAt(kind, school) for kind in duties]
    return entries(lambda admits: not refusal(admits, role, held, reads=True, inside=inside), at)


def places(*duties, **more):
    return {entry.url for entry in seen(*duties, **more)}


def test_no_place_stands_there_twice():
    every = entries(lambda admits: True, address("post:letters"))
    assert len({str(entry.words) for entry in every}) == len({entry.url for entry in every}) == len(LINKS)
    assert [entry.url for entry in every if entry.current] == [address("post:letters")]


def test_every_link_leads_somewhere():
    assert [link.route for link in LINKS if not address(link.route)] == []


def test_a_student_or_teacher_sees_two_places():
    assert places() == {"/", "/mine/"}


@pytest.mark.parametrize(
    ("duty", "more"),
    [
        pytest.param(DutyKind.REVIEWER, {"/queue/", "/openings/", "/figures/", "/due-times/"}, id="reviewer"),
        pytest.param(
            DutyKind.APPEAL_OFFICER,
            {"/appeals/", "/openings/", "/figures/", "/due-times/"},
            id="appeal officer",
        ),
        pytest.param(
            DutyKind.COUNSELOR,
            {"/queue/", "/openings/", "/figures/", "/due-times/", "/tellings/"},
            id="counselor",
        ),
    ],
)
def test_duties_add_theirs(duty, more):
    assert places(duty) == {"/", "/mine/"} | more


def test_whoever_does_not_ask_has_no_requests():
    assert places(role=Role.PARENT.value) == {"/"}
    assert "/mine/" not in places(DutyKind.AUDITOR)


def test_the_record_is_for_those_whose_duty_is_for_every_school():
    assert "/audit/" in places(DutyKind.ADMINISTRATOR)
    assert "/audit/" not in places(DutyKind.ADMINISTRATOR, school="valley-high")


def test_administration_is_shown_in_its_networks_alone():
    of_people = {"/people/", "/letters/"}
    assert of_people <= places(DutyKind.ADMINISTRATOR)
    assert not of_people & places(DutyKind.ADMINISTRATOR, inside=False)


def test_administrators_of_accounts_see_no_queue():
    assert "/queue/" not in places(DutyKind.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("at", "current"),
    [("/", "/"), ("/mine/", "/mine/"), ("/mine/17/", "/mine/"), ("/ask/new/unblock", ""), ("/account/", "")],
)
def test_where_somebody_is_is_marked(at, current):
    assert [entry.url for entry in seen(at=at) if entry.current] == ([current] if current else [])


def test_a_route_that_is_not_there_has_no_address():
    assert address("nowhere:at_all") == ""
