"""The record's pages in a real browser: for everybody, by keyboard, at any width."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audited import AT, acts, tamper
from browsed_pages import Browsed, assert_everybody_can_use, press, tab_to
from console_people import on_duty
from proxy.console.audit.checking import ask
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.site.config import config, use

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path: Path) -> Iterator[None]:
    """Nothing was checked yet."""
    before = config()
    use(replace(before, state=tmp_path))
    yield
    use(before)


@pytest.fixture
def auditor(transactional_db: None) -> Person:
    return on_duty(DutyKind.AUDITOR, given_name="Ada", family_name="Auditor")


def test_everybody_can_read_good_news_and_bad_news(browsed: Browsed, auditor: Person) -> None:
    """The pages as such are walked with all others in tests/proxy/console/test_every_page.py."""
    acts(60)
    ask(config(), "timers", AT)
    for path in ("/audit/?about=case:1&since=x", "/audit/verify/"):
        assert_everybody_can_use(browsed(path, by=auditor, width=320, dark=True))
    tamper("UPDATE audit_auditrecord SET actor = 'person:1' WHERE number = 2")
    ask(config(), "timers", AT)
    for path in ("/audit/verify/", "/audit/2/"):
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
    page.get_by_role("heading", name="The record is whole").wait_for()
