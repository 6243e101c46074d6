"""The public list of approved resources, as a page, as CSV and as JSON."""

import csv
import io

import pytest
from django.test import Client

from proxy.console.review import desk
from proxy.console.review.states import Kind, Lasts, Listing
from review_office import MONDAY, NOTHING_SEEN

EVIL = '=HYPERLINK("http://evil.example","click")'


@pytest.fixture
def two(office):
    """Two approved resources, one with a hostile title."""
    office.technical_reviewer  # noqa: B018
    for host, title, course in (
        ("optics.example", "Optics Lab", "Physics"),
        ("evil.example", EVIL, "<b>Art</b>"),
    ):
        case = office.asks(
            host, "teacher", kind=Kind.RESOURCE, title=title, course=course,
            lasts=Lasts.STANDING.value, audience={"schools": ["valley-high"]},
        )  # fmt: skip
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN)
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)
        desk.approve(
            case.pk, office.technical_reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN,
            listing=Listing.EXCEPTION, opening=desk.as_asked(case),
        )  # fmt: skip


def text_of(path, **query):
    answer = Client().get(path, query)
    assert answer.status_code == 200
    return b"".join(answer).decode()


def test_everybody_reads_it(two):
    text = text_of("/approved/")
    assert "Optics Lab" in text
    assert "2 resources" in text
    assert "<b>Art" not in text


def test_filters_stay_in_the_address_and_in_the_exports(two):
    text = text_of("/approved/", subject="Physics")
    assert "1 resource<" in text
    assert "evil.example" not in text
    assert 'href="/approved.csv?subject=Physics"' in text


def test_nothing_is_said_plainly(db):
    assert "Nothing is approved yet" in text_of("/approved/")


def test_nothing_that_fits_is_said_too(two):
    assert "Nothing fits" in text_of("/approved/", words="chemistry")


def test_as_json(two):
    found = Client().get("/approved.json", {"words": "optics"}).json()
    assert [one["title"] for one in found["approved"]] == ["Optics Lab"]


def test_as_csv_no_cell_is_a_formula(two):
    rows = list(csv.DictReader(io.StringIO(text_of("/approved.csv"))))
    titles = sorted(row["title"] for row in rows)
    assert titles == [f"'{EVIL}", "Optics Lab"]
    assert {row["schools"] for row in rows} == {"Valley Middle and High School"}


def test_long_questions_are_cut(two):
    assert "Nothing fits" in text_of("/approved/", words="x" * 5000)
