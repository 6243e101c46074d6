"""Which attacks was the console built against, and where is each one tried?

`ATTACKS` names them with their tests, which stand beside what they try. Tried here is what belongs to no
single page: that the console fetches nothing that a user names (SSRF), and that no route does without the
token against forged forms. Addresses that it does connect to are settings: the mail server's, the
webhook's and the identity provider's.
"""

import ast
import re
import socket
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from console_people import logged_in
from handed_tickets import ticket
from pressed_buttons import decide, press
from proxy.console.portal import askers
from proxy.console.portal.forms.asking import form_for, kinds_for
from proxy.console.portal.forms.case import TellForm
from proxy.console.portal.forms.fields import Address, Link
from proxy.console.review import desk
from proxy.console.review.models import Asking, Case, Telling
from proxy.console.review.states import Kind, Listing, State
from proxy.console.site import clock
from proxy.console.timers.tick import tick
from proxy.settings.schema.console import MailSettings
from review_office import MONDAY, NOTHING_SEEN, Office
from school_mail import SchoolMail

ROOT = Path(__file__).parents[3]
ATTACKS = {
    "a form of another site (CSRF)": (
        "test_no_route_does_without_the_token_against_forged_forms",
        "test_nobody_is_logged_in_out_or_changed_by_a_foreign_form",
        "test_no_duty_is_given_by_a_foreign_form",
    ),
    "markup in a host's name, a title, a ticket (XSS)": (
        "test_nothing_from_outside_becomes_markup",
        "test_a_hostile_host_is_text_also_where_the_filter_is_asked",
        "test_hostile_words_are_text",
        "test_hostile_text_in_a_ticket_stays_text",
        "test_hostile_names_are_shown_as_text",
        "test_everybody_reads_it",
        "test_what_came_from_outside_is_text",
    ),
    "a forged ticket": (
        "test_no_character_of_a_ticket_can_be_changed",
        "test_another_schools_ticket_is_refused",
    ),
    "an expired ticket": ("test_an_expired_ticket_is_gone",),
    "a ticket used again": (
        "test_the_same_ticket_leads_to_the_same_case",
        "test_that_somebody_else_used_it_keeps_nobody_from_asking",
    ),
    "an address that the console shall fetch (SSRF)": (
        "test_nothing_that_a_user_names_is_fetched",
        "test_nothing_that_the_console_is_made_of_could_fetch_a_page",
        "test_no_spelling_of_an_inner_address_leads_there",
        "test_no_redirect_is_followed",
    ),
    "a formula in an export": (
        "test_a_cell_is_never_a_formula",
        "test_as_csv_no_cell_is_a_formula",
        "test_a_csv_file_has_the_filtered_records_and_no_formulas",
    ),
    "fields that the form does not have (mass assignment)": ("test_no_more_than_the_form_has_can_be_set",),
    "a page that tells by its silence what is known of somebody": (
        "test_a_student_learns_nothing_from_a_number",
        "test_nobody_else_sees_that_there_is_one",
        "test_what_is_about_oneself_does_not_exist",
    ),
    "a guessed number": (
        "test_a_guessed_number_is_no_case",
        "test_somebody_elses_does_not_exist",
        "test_nothing_of_somebody_elses_can_be_changed",
        "test_another_persons_session_is_not_ended_by_its_number",
        "test_nobody_makes_a_receipt_but_the_console",
    ),
    "a session handed over before the log-in (fixation)": ("test_a_session_gets_a_new_key_at_log_in",),
    "tries without end (brute force)": (
        "test_one_address_has_five_tries_at_a_name_and_others_go_on",
        "test_many_addresses_together_have_thirty_tries_at_a_name",
        "test_too_many_wrong_ones_and_right_ones_do_not_help_either",
    ),
    "a link that leads elsewhere (open redirect)": (
        "test_log_in_leads_to_no_other_site",
        "test_log_out_leads_to_no_other_site",
        "test_it_leads_to_no_other_site",
    ),
}
FETCHING = (
    "requests", "httpx", "urllib.request", "urllib3", "http.client", "aiohttp", "ftplib", "socket", "smtplib",
    "websockets", "dns", "dnslib",
)  # fmt: skip


def test_every_attack_has_its_tests():
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert {name for names in ATTACKS.values() for name in names} - written == set()


def test_no_route_does_without_the_token_against_forged_forms():
    views = list(_views(get_resolver().url_patterns))
    assert len(views) > 50
    assert [view for view in views if getattr(view, "csrf_exempt", False)] == []


def _views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from _views(pattern.url_patterns)


@pytest.fixture
def gone_to(monkeypatch):
    """Where sockets of this process connected to, and which names they looked up, from here on."""
    places = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self, address):
        places.append(address)
        return connect(self, address)

    def looking_up(host, *rest, **more):
        places.append(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return places


def _with_addresses(form, address):
    return {name: address for name, field in form.base_fields.items() if isinstance(field, Address | Link)}


@pytest.mark.django_db
def test_nothing_that_a_user_names_is_fetched(gone_to, with_console):
    with socket.create_server(("127.0.0.1", 0)) as trap, SchoolMail() as mail:
        here = trap.getsockname()
        socket.create_connection(here).close()
        assert gone_to == [here[0], here], "whoever goes somewhere is seen"
        gone_to.clear()
        clock.set_to(MONDAY)
        try:
            _a_school_at_work(f"http://127.0.0.1:{here[1]}/a.html", mail, with_console)
        finally:
            clock.set_to(None)
        assert set(gone_to) == {"127.0.0.1", ("127.0.0.1", mail.port)}


def _a_school_at_work(address, mail, with_console):
    office = Office()
    for duty in ("reviewer", "technical_reviewer", "technician", "counselor", "appeal_officer"):
        office.person(duty)
    _everything_is_asked(office, address)
    _everything_is_answered(office, address)
    server = {"host": "127.0.0.1", "port": mail.port, "security": "none", "from": "f@school.example"}
    with_console(mail=MailSettings.model_validate(server))
    tick(MONDAY)
    written = [letter.get_body(("plain",)).get_content() for letter in mail.letters]
    assert any(address in text for text in written), "letters quote what was written"


def _everything_is_asked(office, address):
    """Every kind of request, with the address in every field that takes one, and in the words."""
    told = {
        "purpose": f"look at {address}", "when": "week", "audience": "me", "reach": "page", "course": "",
        "resource": "site", "title": address, "begins": "", "ends": "", "terms": address,
    }  # fmt: skip
    staff = logged_in(office.teacher)
    for kind in Kind:
        fields = _with_addresses(form_for(kind, _asker(office)), address)
        assert fields, "every kind of request can name an address"
        assert staff.post(f"/ask/new/{kind.value}", {**told, **fields}).status_code == 302
    sealed = ticket(office.student.sourced_id, url=address)
    given = {"ticket": sealed, "purpose": address, "course": "", "when": "week", "more_at": address}
    assert Client().post("/ask", given).status_code == 302
    tells = {"text": address, **_with_addresses(TellForm, address)}
    assert logged_in(office.student).post("/tell/", tells).status_code == 302
    assert Asking.objects.count() == len(Kind) + 1
    assert Telling.objects.get().url == "http://127.0.0.1/a.html"  # addresses of pages have no ports here


def _asker(office):
    found = askers.logged_in(office.teacher)
    assert list(kinds_for(found)) == list(Kind)
    return found


def _everything_is_answered(office, address):
    """Pages are looked at, requests approved, denied and appealed, with the address in every reason."""
    reviewer, technician = logged_in(office.reviewer), logged_in(office.technician)
    words = {"at": MONDAY, "reason": address, "checklist": NOTHING_SEEN}
    for case in Case.objects.order_by("pk"):
        kind = Kind(case.kind)
        by, browser = (
            (office.technician, technician) if kind is Kind.NOT_WORKING else (office.reviewer, reviewer)
        )
        assert press(browser, case, "claim").status_code == 302
        assert address in browser.get(f"/cases/{case.pk}/").content.decode()
        if case.askings.filter(asker=office.student).exists():
            assert decide(browser, case, "deny", reason=address).status_code == 302
            appealed = logged_in(office.student).post(f"/mine/{case.pk}/appeal", {"grounds": address})
            assert appealed.status_code == 302
        elif kind is Kind.RESOURCE:
            desk.endorse(case.pk, by, **words)
            second = office.technical_reviewer
            desk.claim(case.pk, second, at=MONDAY)
            asked = desk.as_asked(case)
            desk.approve(case.pk, second, **words, listing=Listing.EXCEPTION, opening=asked)
        else:
            assert decide(browser, case, "deny", reason=address).status_code == 302
    assert Case.objects.filter(state=State.APPROVED.value).count() == 1
    for path in ("/approved/", "/approved.csv", "/approved.json"):
        assert address in b"".join(Client().get(path)).decode()


def test_nothing_that_the_console_is_made_of_could_fetch_a_page():
    """What it imports, and what that imports of ours: only mail and the webhook open connections."""
    found, waiting = {}, set((ROOT / "proxy" / "console").rglob("*.py"))
    seen = set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for name in _imported(path):
            if any(name == each or name.startswith(f"{each}.") for each in FETCHING):
                found.setdefault(path.relative_to(ROOT).as_posix(), set()).add(name)
            waiting |= {file for file in _files(name) if file not in seen}
    assert len(seen) > 300
    assert found == {
        "proxy/console/post/server.py": {"smtplib"},
        # Goes to the one address that the settings name.
        "proxy/console/post/webhook.py": {"socket"},
        "proxy/console/post/looking_up.py": {"socket"},
        # The name of what the identity provider's library raises.
        "proxy/console/people/log_in.py": {"requests", "requests.RequestException"},
        # Ends the reading from a client that takes too long.
        "proxy/console/site/patience.py": {"socket"},
    }


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def _files(name):
    stem = ROOT.joinpath(*name.split("."))
    ours = (stem.with_suffix(".py"), stem / "__init__.py") if name.startswith("proxy.") else ()
    return [file for file in ours if file.is_file()]
