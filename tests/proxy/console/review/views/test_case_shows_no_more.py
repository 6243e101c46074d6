"""What a case page does not do: run foreign words, or show a case to those it is not for."""

from html import escape

import pytest

from case_pages import EVIDENCE, HOSTILE, shown
from proxy.console.people.duties import DutyKind


@pytest.mark.parametrize("field", ["purpose", "title", "course", "terms", "grade", "url", "more_at"])
def test_hostile_words_are_text(office, browser, field):
    page = shown(browser(office.reviewer), office.asks("physics.example", **{field: HOSTILE}))

    assert HOSTILE not in page
    assert escape(HOSTILE).replace("&#x27;", "&#39;") in page.replace("&#x27;", "&#39;")


def test_hostile_evidence_is_text(office, browser):
    evidence = {key: HOSTILE if isinstance(value, str) else value for key, value in EVIDENCE.items()}

    page = shown(browser(office.reviewer), office.asks("physics.example", evidence=evidence))

    assert "<img src=x" not in page


def test_a_hostile_host_is_text_also_where_the_filter_is_asked(office, browser, published):
    page = shown(browser(office.reviewer), office.asks('"><script>alert(1)</script>', url=HOSTILE))

    assert "<script>alert" not in page


def test_a_case_of_the_private_lane_is_no_case_for_others(office, browser):
    case = office.asks_alone()

    assert shown(browser(office.counselor), case)
    for other in ("reviewer", "technician", "auditor", "appeal_officer", "reviewer-b"):
        shown(browser(office.person(other)), case, 404)


def test_a_case_of_another_school_and_a_case_that_is_none_look_alike(office, browser):
    case = office.asks()
    office.charge(office.person("away"), DutyKind.REVIEWER, "maple-elementary")
    client = browser(office.person("away"))

    other, none = client.get(f"/cases/{case.pk}/"), client.get("/cases/999999/")

    assert (other.status_code, none.status_code) == (404, 404)


@pytest.mark.parametrize("person", ["student", "teacher", "administrator"])
def test_a_case_page_is_for_those_who_answer(office, browser, person):
    case = office.asks()

    shown(browser(office.person(person)), case, 403)
