"""Who gets to which page? Every route of the console, for every role and for strangers.

The table is written by hand; the routes are those of the console. A route without a line fails, and so does a
line without a route.
"""

from dataclasses import dataclass

import pytest
from django.test import Client

from console_people import BACKEND, SCHOOL, from_outside, logged_in, on_duty, student, teacher
from console_routes import address, routes
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import admits_of
from proxy.console.people.models import Duty, Person

pytestmark = pytest.mark.django_db

STRANGER, STUDENT, TEACHER, OUTSIDE = "stranger", "student", "teacher", "outside"
REVIEWER, TECHNICAL, APPEALS, TECHNICIAN, COUNSELOR, AUDITOR, ADMIN, SAFEGUARDING = (
    kind.value for kind in DutyKind
)
"""The auditor comes from outside; everybody else with a duty is a teacher, too."""

OFFICIALS = frozenset({REVIEWER, TECHNICAL, APPEALS, TECHNICIAN, COUNSELOR, ADMIN})
ROLES = (
    STRANGER,
    STUDENT,
    TEACHER,
    OUTSIDE,
    REVIEWER,
    TECHNICAL,
    APPEALS,
    TECHNICIAN,
    COUNSELOR,
    AUDITOR,
    ADMIN,
    SAFEGUARDING,
)
ALL = frozenset(ROLES)
KNOWN = ALL - {STRANGER}
ASKERS = frozenset({STUDENT, TEACHER, SAFEGUARDING}) | OFFICIALS
DESK = frozenset({REVIEWER, TECHNICAL, TECHNICIAN, COUNSELOR})
DECIDERS = DESK | {APPEALS}
ADULTS = frozenset({COUNSELOR, ADMIN})
DUTIES = OFFICIALS | {AUDITOR}


@dataclass(frozen=True)
class Line:
    """Who gets to a route, and who of them only reads."""

    who: frozenset[str]
    reads: frozenset[str] = frozenset()


def also_read(who: frozenset[str]) -> Line:
    """Some act, and auditors read."""
    return Line(who | {AUDITOR}, frozenset({AUDITOR}))


PUBLIC = also_read(ALL)
"""Anybody acts there but auditors, who read."""

MATRIX = {
    "health": Line(ALL),
    "look:language": Line(ALL),
    # Log-in and one's own account.
    "people:login": Line(ALL),
    "people:logout": Line(ALL),
    "people:first_password": Line(ALL),
    "account_login": Line(ALL),
    "account_logout": Line(ALL),
    "mfa_authenticate": Line(ALL),
    "socialaccount_login_cancelled": Line(ALL),
    "socialaccount_login_error": Line(ALL),
    "openid_connect_login": Line(ALL),
    "openid_connect_callback": Line(ALL),
    "people:account": Line(KNOWN),
    "people:end_session": Line(KNOWN),
    "people:end_other_sessions": Line(KNOWN),
    "account_reauthenticate": Line(KNOWN),
    "account_change_password": Line(KNOWN),
    "mfa_reauthenticate": Line(KNOWN),
    "mfa_activate_totp": Line(KNOWN),
    "mfa_deactivate_totp": Line(KNOWN),
    "mfa_view_recovery_codes": Line(KNOWN),
    "mfa_generate_recovery_codes": Line(KNOWN),
    # Letters and messages that did not arrive.
    "post:letters": Line(frozenset({ADMIN})),
    "post:try_again": Line(frozenset({ADMIN})),
    "post:call_again": Line(frozenset({ADMIN})),
    # People and duties.
    "people:people": also_read(frozenset({ADMIN})),
    "people:person": also_read(frozenset({ADMIN})),
    "people:new": Line(frozenset({ADMIN})),
    "people:give_duty": Line(frozenset({ADMIN})),
    "people:end_duty": Line(frozenset({ADMIN})),
    "people:switch": Line(frozenset({ADMIN})),
    "people:set_end": Line(frozenset({ADMIN})),
    "people:reset_password": Line(frozenset({ADMIN})),
    "people:reset_second_factor": Line(frozenset({ADMIN})),
    "people:end_sessions": Line(frozenset({ADMIN})),
    # Asking.
    "portal:home": PUBLIC,
    "portal:ask": PUBLIC,
    "portal:code": Line(ASKERS),
    "portal:new": Line(ASKERS),
    "portal:receipt": PUBLIC,
    "portal:mine": Line(ASKERS),
    "portal:case": Line(ASKERS),
    "portal:answer": Line(ASKERS),
    "portal:appeal": Line(ASKERS),
    "portal:withdraw": Line(ASKERS),
    "portal:withdraw_appeal": Line(ASKERS),
    "portal:guardian": also_read(KNOWN),
    "portal:guardian_withdraw": also_read(KNOWN),
    "portal:tell": PUBLIC,
    "portal:told": PUBLIC,
    "portal:approved": PUBLIC,
    "portal:approved_csv": PUBLIC,
    "portal:approved_json": PUBLIC,
    # Deciding.
    "review:queue": also_read(DESK),
    "review:appeals": also_read(frozenset({APPEALS, TECHNICIAN})),
    "review:case": also_read(DECIDERS),
    "review:claim": Line(DECIDERS),
    "review:release": Line(DECIDERS),
    "review:take_over": Line(DECIDERS),
    "review:ask": Line(DECIDERS),
    "review:hand_over": Line(DECIDERS),
    "review:return_appeal": Line(DECIDERS),
    "review:decide": Line(DECIDERS),
    "review:opens": Line(DECIDERS),
    "review:revoke": Line(DECIDERS),
    "review:keep": Line(DECIDERS),
    "review:openings": also_read(DECIDERS),
    "review:tellings": Line(ADULTS),
    "review:take_up": Line(ADULTS),
    "review:times": also_read(OFFICIALS),
    # Incidents.
    "incidents:incidents": also_read(frozenset({SAFEGUARDING})),
    "incidents:incident": also_read(frozenset({SAFEGUARDING})),
    "incidents:innocent": also_read(frozenset({SAFEGUARDING})),
    "incidents:take_up": Line(frozenset({SAFEGUARDING})),
    "incidents:give_back": Line(frozenset({SAFEGUARDING})),
    "incidents:end": Line(frozenset({SAFEGUARDING})),
    "incidents:follow_up": Line(frozenset({SAFEGUARDING})),
    "incidents:means": Line(frozenset({SAFEGUARDING})),
    "incidents:show_name": Line(frozenset({SAFEGUARDING})),
    "incidents:count_again": Line(frozenset({SAFEGUARDING})),
    "incidents:stop_again": Line(frozenset({SAFEGUARDING})),
    # The record and the figures.
    "audit:records": also_read(frozenset({ADMIN})),
    "audit:record": also_read(frozenset({ADMIN})),
    "audit:verify": Line(frozenset({ADMIN, AUDITOR})),
    "audit:csv": Line(frozenset({ADMIN, AUDITOR})),
    "audit:json": Line(frozenset({ADMIN, AUDITOR})),
    "reports:figures": also_read(OFFICIALS),
    "reports:incidents": also_read(OFFICIALS | {SAFEGUARDING}),
    "reports:incidents_csv": Line(DUTIES | {SAFEGUARDING}),
    "reports:figures_json": Line(DUTIES),
    "reports:figures_csv": Line(DUTIES),
}
OWN_ACCOUNT = (
    "people:account", "people:end_", "people:log", "people:first_password", "account_", "mfa_",
    "socialaccount_", "openid_connect_", "look:language", "health",
)  # fmt: skip
CHECKS_AND_COPIES = {
    "audit:verify", "audit:csv", "audit:json", "reports:figures_csv", "reports:figures_json",
    "reports:incidents_csv",
}  # fmt: skip
ENDS_THE_SESSION = frozenset({"people:logout", "account_logout"})


def somebody(role: str, at_school: str = "") -> Person | None:
    """A person of a role, with a duty for every school or for one; None for a stranger."""
    if role == STRANGER:
        return None
    if role in (STUDENT, TEACHER, OUTSIDE):
        return {STUDENT: student, TEACHER: teacher, OUTSIDE: from_outside}[role]()
    if role == AUDITOR:
        person = from_outside("auditor")
        Duty.objects.create(person=person, kind=role, school=at_school, source="file")
        return person
    return on_duty(DutyKind(role), at_school=at_school)


def browser_of(person: Person | None) -> Client:
    return Client() if person is None else logged_in(person)


def gets_in(browser: Client, method: str, path: str) -> bool:
    """Whether the request reached its view, whatever the view then answers."""
    answer = getattr(browser, method)(path)
    return getattr(answer.wsgi_request, "admitted", False)


def test_every_route_stands_in_the_matrix_and_no_other():
    assert {name for name, _ in routes()} == set(MATRIX)


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_where(role):
    person = somebody(role)
    browser = browser_of(person)
    wrong = []
    for name, pattern in routes():
        path = address(pattern, name)
        for method in ("get", "post"):
            line = MATRIX[name]
            expected = role in (line.who if method == "get" else line.who - line.reads)
            if gets_in(browser, method, path) is not expected:
                wrong.append((name, method, "should" if expected else "should not"))
        if name in ENDS_THE_SESSION:
            browser = browser_of(person)
    assert wrong == []


@pytest.mark.parametrize("of_the_school", [False, True], ids=["from outside", "a teacher"])
def test_an_auditor_sends_nothing_but_their_own_accounts_forms_and_for_checks_and_copies(of_the_school):
    person = on_duty(DutyKind.AUDITOR, login="audits") if of_the_school else somebody(AUDITOR)
    browser = browser_of(person)
    sent = set()
    for name, pattern in routes():
        if gets_in(browser, "post", address(pattern, name)):
            sent.add(name)
        if name in ENDS_THE_SESSION:
            browser = browser_of(person)

    assert {name for name in sent if not name.startswith(OWN_ACCOUNT)} == CHECKS_AND_COPIES


@pytest.mark.parametrize("at_school", ["", SCHOOL], ids=["every school", "one school"])
@pytest.mark.parametrize("role", sorted(KNOWN))
def test_every_link_above_the_pages_opens(with_console, role, at_school):
    browser = browser_of(somebody(role, at_school))
    for networks in (("127.0.0.0/8",), ("10.9.0.0/16",)):
        with_console(admin_networks=networks)
        links = [entry.url for entry in browser.get("/").context["house"].entries]

        assert links
        assert {url: browser.get(url).status_code for url in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("role", [REVIEWER, ADMIN, AUDITOR, OUTSIDE])
def test_without_a_second_factor_one_gets_nowhere_but_where_it_is_set_up(role):
    person = somebody(role)
    assert person is not None
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    reached = set()
    for name, pattern in routes():
        if name not in ENDS_THE_SESSION and gets_in(browser, "get", address(pattern, name)):
            reached.add(name)

    assert reached == {
        "health",
        "look:language",
        "people:login",
        "people:first_password",
        "account_login",
        "mfa_authenticate",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "openid_connect_login",
        "openid_connect_callback",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
    }


@pytest.mark.parametrize("role", [STUDENT, REVIEWER, ADMIN])
def test_a_leaver_is_a_stranger_everywhere(role):
    person = somebody(role)
    assert person is not None
    for name, pattern in routes():
        Person.objects.filter(pk=person.pk).update(left=False)
        browser = logged_in(person)
        Person.objects.filter(pk=person.pk).update(left=True)

        assert gets_in(browser, "get", address(pattern, name)) is (STRANGER in MATRIX[name].who), name


def test_administration_is_from_its_networks_only(with_console):
    with_console(admin_networks=("10.9.0.0/16",))
    admin = somebody(ADMIN)
    assert admin is not None
    browser = logged_in(admin)
    barred = {
        name
        for name, pattern in routes()
        if ADMIN in MATRIX[name].who
        and name not in ENDS_THE_SESSION
        and not gets_in(browser, "get", address(pattern, name))
    }

    assert barred == {
        name for name, line in MATRIX.items() if name.startswith(("people:", "post:")) and KNOWN - line.who
    }


def test_every_view_says_whom_it_admits():
    assert [name for name, pattern in routes() if admits_of(pattern.callback) is None] == []
