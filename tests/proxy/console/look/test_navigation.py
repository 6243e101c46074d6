"""The links above every page: those of a person's duties, with the place where they are marked."""

import pytest

from proxy.console.look.navigation import LINKS, address, entries
from proxy.console.people.duties import DutyKind


def places(*duties, at="/"):
    return {entry.url for entry in entries(duties, at)}


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
    assert {entry.url for entry in entries((), "/", may_ask=False)} == {"/"}


def test_administrators_of_accounts_see_no_queue():
    assert "/queue/" not in places(DutyKind.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("at", "current"),
    [("/", "/"), ("/mine/", "/mine/"), ("/mine/17/", "/mine/"), ("/ask/new/unblock", ""), ("/account/", "")],
)
def test_where_somebody_is_is_marked(at, current):
    assert [entry.url for entry in entries((), at) if entry.current] == ([current] if current else [])


def test_a_route_that_is_not_there_has_no_address():
    assert address("nowhere:at_all") == ""
