"""Every page of the console in a real browser, in every language: axe-core finds nothing, none goes sideways.

A new page belongs into `pages()` of tests/fakes/valley_high.py; what is no page, with the reason, below.
"""

import pytest
from django.db import transaction

from browsed_pages import everywhere
from console_routes import routes
from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.audit.importing import BROKEN
from valley_high import WEDNESDAY, pages, valley_high

PARTS = ("portal-", "review-", "people-")
NO_PAGES = {
    "health": "for programs",
    "look:language": "changes the language and leads back",
    "account_login": "people:login is the same page",
    "account_logout": "people:logout is the same page",
    "people:first_password": "its link works once; tests/proxy/console/people looks at it",
    "mfa_authenticate": "stands between password and session; tests/proxy/console/people looks at it",
    "mfa_reauthenticate": "the second half of a log-in; tests/proxy/console/people looks at it",
    "mfa_activate_totp": "only without a second factor; tests/proxy/console/people looks at it",
    "mfa_deactivate_totp": "asks for the password again first",
    "mfa_generate_recovery_codes": "asks for the password again first",
    "mfa_view_recovery_codes": "asks for the password again first; tests/proxy/console/people looks at it",
    "openid_connect_login": "leads to the school's identity provider",
    "openid_connect_callback": "comes from the school's identity provider",
    "portal:approved_csv": "a file",
    "portal:approved_json": "for programs",
    "audit:csv": "a file, sent for by a form",
    "audit:json": "a file, sent for by a form",
    "reports:figures_csv": "a file, sent for by a form",
    "reports:incidents_csv": "a file, sent for by a form",
    "reports:figures_json": "a file, sent for by a form",
    **dict.fromkeys(
        (
            "people:end_other_sessions", "people:end_session", "people:give_duty", "people:end_duty",
            "people:switch", "people:set_end", "people:reset_password", "people:reset_second_factor",
            "people:end_sessions", "post:try_again", "post:call_again", "portal:withdraw",
            "portal:withdraw_appeal", "portal:guardian_withdraw", "review:claim", "review:release",
            "review:take_over", "review:ask", "review:hand_over", "review:decide", "review:opens",
            "review:return_appeal", "review:revoke", "review:keep", "review:take_up", "incidents:take_up",
            "incidents:give_back", "incidents:end", "incidents:means", "incidents:follow_up",
            "incidents:show_name", "incidents:count_again", "incidents:stop_again",
        ),
        "a form is sent there; the page that it stands on is looked at",
    ),
}  # fmt: skip


@pytest.fixture
def school(transactional_db, tmp_path):
    with valley_high(tmp_path) as made:
        yield made


def test_every_route_is_a_page_that_is_looked_at_or_has_a_reason(school):
    looked_at = {page.route for page in pages(school)}
    assert {name for name, _ in routes()} == looked_at | set(NO_PAGES)
    assert looked_at & set(NO_PAGES) == set()


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["portal", "review", "people", "else"])
def test_everybody_can_use_every_page(browsed, school, part):
    if part == "else":  # the record's pages say it until somebody has looked
        with transaction.atomic():
            append(BROKEN, actor=actors.TIMERS, detail={"what": "line 3 was changed"}, at=WEDNESDAY)
    problems = []
    for page in pages(school):
        if part != (page.name.partition("-")[0] if page.name.startswith(PARTS) else "else"):
            continue
        try:
            everywhere(browsed, page.path, by=school.people[page.by] if page.by else None, status=page.status)
        except AssertionError as found:
            problems.append(f"{page.name}: {found}")
    assert problems == [], "\n".join(problems)
