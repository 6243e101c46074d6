"""The public list of approved resources, as a page, as CSV and as JSON."""

import csv
import io
import re
from datetime import date

import pytest
from django.test import Client

from proxy.console.portal.views import approved as approved_views
from proxy.console.review import desk
from proxy.console.review.states import Kind, Lasts, Listing, Resource
from review_office import MONDAY, NOTHING_SEEN

EVIL = '=HYPERLINK("http://evil.example","click")'


def approve(office, host, title, course, resource=Resource.SITE, told_on=None):
    office.technical_reviewer  # noqa: B018
    case = office.asks(
        host, "teacher", kind=Kind.RESOURCE, title=title, course=course,
        lasts=Lasts.STANDING.value, audience={"schools": ["valley-high"]}, resource=resource,
        guardians_told_on=told_on,
    )  # fmt: skip
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN)
    desk.claim(case.pk, office.technical_reviewer, at=MONDAY)
    desk.approve(
        case.pk, office.technical_reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN,
        listing=Listing.EXCEPTION, opening=desk.as_asked(case),
    )  # fmt: skip


@pytest.fixture
def two(office):
    """Two approved resources, one with a hostile title."""
    approve(office, "optics.example", "Optics Lab", "Physics", Resource.APP, date(2026, 11, 27))
    approve(office, "evil.example", EVIL, "<b>Art</b>")


def text_of(path, **query):
    answer = Client().get(path, query)
    assert answer.status_code == 200
    return b"".join(answer).decode()


def test_everybody_reads_it(two):
    text = text_of("/approved/")
    assert "Optics Lab" in text
    assert "2 resources" in text
    assert [f">{kind}</td>" in text for kind in ("App", "Site", "Download")] == [True, True, False]
    assert "Parents and guardians told on Friday 27 November 2026" in text
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
    assert [(one["title"], one["kind"]) for one in found["approved"]] == [("Optics Lab", "app")]
    assert found["approved"][0]["guardians_told_on"] == "2026-11-27"


def test_as_csv_no_cell_is_a_formula(two):
    rows = list(csv.DictReader(io.StringIO(text_of("/approved.csv"))))
    titles = sorted(row["title"] for row in rows)
    assert titles == [f"'{EVIL}", "Optics Lab"]
    assert {row["schools"] for row in rows} == {"Valley Middle and High School"}
    assert sorted((row["kind"], row["guardians_told_on"]) for row in rows) == [
        ("app", "2026-11-27"),
        ("site", ""),
    ]


def test_long_questions_are_cut(two):
    assert "Nothing fits" in text_of("/approved/", words="x" * 5000)


@pytest.fixture
def five_on_pages_of_two(office, monkeypatch):
    """Five approved resources, four of them for Physics, and pages short enough for that."""
    for number in range(5):
        approve(office, f"site-{number}.example", f"Title {number}", "Physics" if number else "Art")
    monkeypatch.setattr(approved_views, "ON_A_PAGE", 2)


@pytest.mark.parametrize(
    ("page", "titles", "links"),
    [
        pytest.param("1", [1, 2], ["?subject=Physics&amp;page=2"], id="the first"),
        pytest.param("2", [3, 4], ["?subject=Physics&amp;page=1"], id="the last"),
        pytest.param("99", [3, 4], ["?subject=Physics&amp;page=1"], id="beyond the last"),
        pytest.param("-x", [1, 2], ["?subject=Physics&amp;page=2"], id="no number"),
    ],
)
def test_a_long_list_has_pages_that_keep_the_filters(five_on_pages_of_two, page, titles, links):
    text = text_of("/approved/", subject="Physics", page=page)
    assert [number for number in range(5) if f"Title {number}" in text] == titles
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', text) == links
    assert "4 resources" in text
    assert f"page {titles[-1] // 2} of 2" in text
    assert 'href="/approved.csv?subject=Physics"' in text


def test_a_long_list_leaves_whole_as_a_file(five_on_pages_of_two):
    assert len(Client().get("/approved.json", {"page": "2"}).json()["approved"]) == 5
    assert len(list(csv.DictReader(io.StringIO(text_of("/approved.csv", page="2"))))) == 5


def test_a_short_list_has_no_pages(two):
    assert re.findall(r'rel="(?:prev|next)"|page \d+ of', text_of("/approved/")) == []


def test_what_no_database_takes_is_not_looked_for(two):
    for name in ("words", "kind", "subject", "school"):
        assert "evil.example" not in text_of("/approved/", **{name: "\0[("})
    assert "evil.example" in text_of("/approved/", grade="\0[(")  # it is for every grade
    assert "optics.example" in text_of("/approved/", words="opt\0ics")
