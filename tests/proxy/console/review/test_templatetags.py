from dataclasses import replace

import pytest

from known_ways import delivered
from proxy.bundle.load import load_current
from proxy.console.review.models import Case, Opening
from proxy.console.review.templatetags import cases
from proxy.console.review.templatetags.cases import address, place, questions, school, technique_title
from written_school import write_school


@pytest.mark.parametrize(("fields", "text"), [
    ({"reach": "site", "path": "/"}, "a.example"),
    ({"reach": "path", "path": "/x"}, "a.example/x"),
    ({"reach": "page", "path": "/x", "query": "v=1"}, "a.example/x?v=1"),
    ({"reach": "page", "path": "/"}, "a.example/"),
])  # fmt: skip
def test_what_a_case_is_about(fields, text):
    assert address(Case(host="a.example", **fields)) == text


def test_a_case_without_a_site():
    assert address(Case(host="", reach="site")) == ""


@pytest.mark.parametrize(("fields", "text"), [
    ({}, "a.example"),
    ({"path": "/x"}, "a.example/x"),
    ({"path": "/", "exact": True}, "a.example/"),
    ({"path": "/x", "exact": True, "query": "v=1"}, "a.example/x?v=1"),
])  # fmt: skip
def test_what_an_opening_opens(fields, text):
    assert place(Opening(host="a.example", **fields)) == text


@pytest.mark.parametrize(("id_", "title"), [
    ("", "Whole district"), ("valley-high", "Valley Middle and High School"), ("gone", "gone"),
])  # fmt: skip
def test_what_a_school_is_called(id_, title):
    assert school(id_) == title


@pytest.mark.parametrize(("id_", "title"), [
    ("vpn.wireguard", "VPN: WireGuard"), ("vpn.never_heard_of", "vpn.never_heard_of"),
])  # fmt: skip
def test_what_a_way_around_is_called(monkeypatch, tmp_path, id_, title):
    school = write_school(tmp_path)
    school.publish()
    loaded = replace(load_current(school.state), knowledge=delivered())
    monkeypatch.setattr(cases, "in_force", lambda state: loaded)

    assert technique_title(id_) == title


def test_what_a_way_around_is_called_before_anything_is_published():
    assert technique_title("vpn.wireguard") == "vpn.wireguard"


def test_the_three_questions_with_their_answers():
    no = {"answer": False, "note": ""}
    plain = {
        "obscene": {"answer": True, "note": "a photograph"},
        "child_pornography": no,
        "harmful_to_minors": no,
    }

    first, *_ = questions(plain)

    assert (first.question, first.words, first.note) == (
        "Visual depictions that are obscene", "Yes", "a photograph",
    )  # fmt: skip
    assert questions({}) == []
