"""The record's pages in a real browser: for everybody, by keyboard, at any width."""

import pytest

from audited import acts, tamper
from browsed_pages import Browsed, assert_everybody_can_use, press, tab_to
from console_people import on_duty
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def auditor(transactional_db: None) -> Person:
    return on_duty(DutyKind.AUDITOR, given_name="Ada", family_name="Auditor")


def test_everybody_can_read_good_news_and_bad_news(browsed: Browsed, auditor: Person) -> None:
    """The pages as such are walked with all others in tests/proxy/console/test_every_page.py."""
    acts(60)
    for path in ("/audit/?about=case:1&since=x", "/audit/verify/?now=yes"):
        assert_everybody_can_use(browsed(path, by=auditor, width=320, dark=True))
    tamper("UPDATE audit_auditrecord SET actor = 'person:1' WHERE number = 2")
    for path in ("/audit/verify/?now=yes", "/audit/2/"):
        assert_everybody_can_use(browsed(path, by=auditor))
        assert_everybody_can_use(browsed(path, by=auditor, width=320, dark=True))


def test_from_the_list_to_the_check_by_keyboard(browsed: Browsed, auditor: Person) -> None:
    acts(2)
    page = browsed("/audit/", by=auditor, script=False)
    tab_to(page, "Check the record")
    press(page, "Enter")
    page.wait_for_url("**/audit/verify/")
    tab_to(page, "Check now")
    press(page, "Enter")
    page.wait_for_url("**/audit/verify/?now=yes")
    assert "The record is whole" in page.inner_text("main")
