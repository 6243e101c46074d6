"""The page of figures in a real browser."""

import os
from pathlib import Path

import pytest

from browsed_pages import assert_everybody_can_use, everywhere, picture, tab_to
from console_people import on_duty
from proxy.console.people.duties import DutyKind

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def auditor(office, at):
    """Somebody who reads the figures of a busy week."""
    at("2026-12-02T12:00-06:00")
    for n in range(7):
        office.denied(host=f"denied-{n}.example", evidence={"list_id": "ut1-games", "category": "games"})
    for n in range(9):
        office.approved(host=f"open-{n}.example", evidence={"list_id": "starter", "category": "social"})
    office.appealed(host="appealed.example")
    for n in range(5):
        office.asks(f"waits-{n}.example", by=f"student_{n}", school="lakeside")
    return on_duty(DutyKind.AUDITOR, login="figures-auditor")


def test_everybody_can_use_it(browsed, auditor):
    everywhere(browsed, "/figures/?days=7", by=auditor, languages=("en",))
    everywhere(browsed, "/figures/?from=2026-12-02&to=2026-11-01", by=auditor, languages=("en",), status=400)


def test_an_empty_time_and_no_script_are_no_hindrance(browsed, auditor):
    page = browsed("/figures/?from=2026-01-01&to=2026-01-31", by=auditor, script=False)

    assert page.locator("svg.chart").count() == 0
    assert "Nothing in these days." in page.content()


def test_the_chart_has_a_name_and_the_table_its_numbers(browsed, auditor):
    page = browsed("/figures/?days=7", by=auditor)
    if os.environ.get("SCHOOLGATE_PICTURES"):
        picture(page, Path(os.environ["SCHOOLGATE_PICTURES"]) / "figures.png")

    assert page.get_by_role("img", name="Requests over time").count() == 1
    assert page.locator("svg.chart rect.s1").count() == 2
    assert page.locator("table").first.locator("tbody tr").count() == 7
    assert_everybody_can_use(page)


def test_days_and_school_are_chosen_by_keyboard(browsed, auditor):
    page = browsed("/figures/", by=auditor)
    tab_to(page, "90 days")
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/?days=90")
    page.locator("#school").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Show")
    page.keyboard.press("Enter")
    page.wait_for_url("**school=**")

    assert page.locator("#school").input_value() != ""
