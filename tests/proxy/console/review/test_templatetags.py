import pytest

from proxy.console.review.models import Case, Opening
from proxy.console.review.templatetags.cases import address, place, questions, school


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
