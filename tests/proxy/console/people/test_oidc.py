"""Who gets in with the word of the school's identity provider? With a real one, over HTTP."""

import json
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from oidc_provider_mock import run_server_in_thread

from console_people import known, logged_in, on_duty, second_factor_of, student, teacher
from log_ins import is_in
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.login_settings import login_settings
from proxy.console.people.models import Duty, Person
from proxy.settings.schema.console import OidcSettings

pytestmark = pytest.mark.django_db
SCHOOL = {"hd": "maplevalley.example", "email_verified": True}


@pytest.fixture(scope="module")
def provider():
    """The address of an identity provider."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def school(provider, with_console, settings, tmp_path):
    """Make the console one that logs people in by the provider: `school(roster_claim="roster_id")`."""
    cache.clear()
    secret = tmp_path / "secret"
    secret.write_text("not a secret")
    secret.chmod(0o600)

    def configure(**more):
        given = {"hosted_domains": ("maplevalley.example",), **more}
        oidc = OidcSettings(issuer=provider, client_id="console", client_secret_file=secret, **given)
        running = with_console(oidc=oidc)
        settings.SOCIALACCOUNT_PROVIDERS = login_settings(running)["SOCIALACCOUNT_PROVIDERS"]

    configure()
    return configure


def come_back(provider, sub, browser=None, query="", **claims):
    """Log in at the provider as `sub`, and return the browser with the console's answer."""
    httpx.put(f"{provider}/users/{sub}", json={**SCHOOL, **claims}, timeout=60).raise_for_status()
    browser = browser or Client()
    sent = browser.post(f"/account/oidc/school/{query}")
    assert sent.status_code == 302, sent
    at_provider = httpx.post(sent.headers["Location"], data={"sub": sub}, timeout=60)
    assert at_provider.status_code in (302, 303), at_provider.text
    back = urlsplit(at_provider.headers["Location"])
    return browser, browser.get(f"{back.path}?{back.query}")


def last_act():
    return AuditRecord.objects.order_by("-number").values_list("action", "actor", "about", "detail").first()


def test_a_known_person_is_let_in_by_the_verified_address(school, provider):
    person = teacher()

    browser, answer = come_back(provider, "t-1", email="Teacher@MapleValley.example", name="Kept Nowhere")

    assert answer.headers["Location"] == "/"
    assert is_in(browser)
    assert SocialAccount.objects.get().extra_data == {}, "nothing that the provider said is kept"
    assert last_act()[:3] == ("login.done", f"person:{person.pk}", f"person:{person.pk}")
    assert '"by":"oidc"' in last_act()[3]


def test_the_log_in_page_offers_the_provider_and_keeps_where_one_wanted_to_go(school, provider):
    teacher()
    page = Client().get("/account/login/?next=/account/").content.decode()
    assert "/account/oidc/school/?process=login&amp;next=" in page

    browser, answer = come_back(
        provider, "t-1", query="?process=login&next=/account/", email="teacher@maplevalley.example"
    )

    assert answer.headers["Location"] == "/account/"
    assert is_in(browser)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email": "stranger@maplevalley.example"}, id="unknown"),
        pytest.param({"email": "teacher@maplevalley.example", "email_verified": False}, id="not verified"),
        pytest.param(
            {"email": "teacher@maplevalley.example", "email_verified": "true"}, id="not said as JSON"
        ),
        pytest.param({"email": "teacher@maplevalley.example", "hd": "evil.example"}, id="another domain"),
        pytest.param({"email": "teacher@maplevalley.example", "hd": ""}, id="no domain"),
        pytest.param({"email": ["teacher@maplevalley.example"]}, id="not a text"),
        pytest.param({"email": "twins@maplevalley.example"}, id="two people have the address"),
        pytest.param({"email": "gone@maplevalley.example"}, id="a leaver"),
        pytest.param({"email": "ended@maplevalley.example"}, id="an account that ended"),
        pytest.param({}, id="no address at all"),
    ],
)
def test_nobody_else_is_let_in_and_nobody_is_made(school, provider, claims, at):
    at("2026-11-23T09:00-06:00")
    teacher()
    known("one", email="twins@maplevalley.example")
    known("two", email="twins@maplevalley.example")
    known("gone", left=True)
    known("ended", ends_on=date(2026, 11, 22))
    before = Person.objects.count()

    browser, answer = come_back(provider, "somebody", **claims)

    assert answer.status_code == 403
    assert "Only people whom the school knows can log in." in answer.content.decode()
    assert not is_in(browser)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (before, 0)
    assert last_act()[:3] == ("login.refused", "stranger", "")
    assert "maplevalley" not in last_act()[3]


def test_where_the_roster_id_is_claimed_it_alone_counts(school, provider):
    school(roster_claim="roster_id")
    by_id = student(sourced_id="student-0042")
    teacher()

    browser, _ = come_back(provider, "s-1", roster_id="student-0042", email="teacher@maplevalley.example")
    assert is_in(browser)
    assert SocialAccount.objects.get().user == by_id
    _, refused = come_back(provider, "s-2", email="teacher@maplevalley.example")
    assert refused.status_code == 403
    _, refused = come_back(provider, "s-3", roster_id="student-9999")
    assert refused.status_code == 403


def test_an_address_that_went_to_somebody_else_does_not_open_the_old_account(school, provider):
    first = teacher("first", email="lee@maplevalley.example")
    assert is_in(come_back(provider, "sub-1", email="lee@maplevalley.example")[0])
    Person.objects.filter(pk=first.pk).update(email="old@maplevalley.example")
    teacher("second", email="lee@maplevalley.example")

    _, refused = come_back(provider, "sub-1", email="lee@maplevalley.example")

    assert refused.status_code == 403
    assert "belonged to somebody else" in last_act()[3]


def test_whose_address_changed_at_the_provider_is_still_known(school, provider):
    teacher()
    assert is_in(come_back(provider, "sub-1", email="teacher@maplevalley.example")[0])

    assert is_in(come_back(provider, "sub-1", email="married@maplevalley.example")[0])


def test_a_second_factor_is_asked_after_the_provider_too(school, provider):
    second_factor_of(on_duty(DutyKind.REVIEWER))

    browser, answer = come_back(provider, "r-1", email="reviewer@maplevalley.example")

    assert answer.headers["Location"] == "/account/code/"
    assert not is_in(browser)


def test_whoever_needs_a_second_factor_and_has_none_gets_nowhere_after_the_provider(school, provider):
    on_duty(DutyKind.REVIEWER)

    browser, _ = come_back(provider, "r-1", email="reviewer@maplevalley.example")

    assert browser.get("/queue/").headers["Location"] == "/account/factor/"
    assert browser.get("/account/factor/").status_code == 200


def test_duties_come_from_a_claim_where_settings_say_so_and_end_with_it(school, provider, at):
    at("2026-11-23T09:00-06:00")
    school(duties_claim="groups", duties_values={"filter-reviewers": "reviewer", "it": "technician"})
    person = teacher()
    mine = {"email": "teacher@maplevalley.example"}

    come_back(provider, "t-1", groups=["filter-reviewers", "it", "choir"], **mine)
    assert {duty.kind for duty in Duty.objects.filter(person=person, ends=None)} == {"reviewer", "technician"}
    come_back(provider, "t-1", groups="it", **mine)

    assert {duty.kind for duty in Duty.objects.filter(person=person, ends=None)} == {"technician"}
    come_back(provider, "t-1", **mine)
    assert not Duty.objects.filter(person=person, ends=None).exists()


def test_duties_given_in_the_console_stay_whatever_the_claim_says(school, provider):
    school(duties_claim="groups", duties_values={"it": "technician"})
    reviewer = on_duty(DutyKind.REVIEWER)

    come_back(provider, "r-1", email="reviewer@maplevalley.example", groups=[])

    assert [duty.ends for duty in reviewer.duties.all()] == [None]


def test_duties_that_do_not_go_together_are_recorded_and_shown_until_they_do(school, provider, at, caplog):
    at("2026-11-23T09:00-06:00")
    school(duties_claim="groups", duties_values={"audit": "auditor", "it": "technician"})
    person = teacher()
    admin = logged_in(on_duty(DutyKind.ADMINISTRATOR))
    mine = {"email": "teacher@maplevalley.example"}
    shown = "The duties that the school account gives were not taken over"

    browser, _ = come_back(provider, "t-1", groups=["audit", "it"], **mine)

    assert is_in(browser)
    assert not Duty.objects.filter(person=person).exists()
    told = AuditRecord.objects.get(action="duty.refused")
    assert (told.actor, told.about) == (f"person:{person.pk}", f"person:{person.pk}")
    assert json.loads(told.detail) == {
        "kinds": ["auditor", "technician"],
        "source": "oidc",
        "why": "an auditor has no other duty at the same time; nothing was changed for this person",
    }
    assert f"person:{person.pk} duties that were not taken over" in caplog.text
    assert "teacher@" not in caplog.text
    assert shown in admin.get(f"/people/{person.pk}/").content.decode()

    come_back(provider, "t-1", groups=[], **mine)
    assert shown not in admin.get(f"/people/{person.pk}/").content.decode()
    come_back(provider, "t-1", groups=[], **mine)
    assert AuditRecord.objects.filter(action="duty.agreed").count() == 1


@pytest.mark.parametrize("process", ["connect", "redirect", "anything"])
def test_the_provider_is_for_logging_in_only(school, provider, process):
    """Nobody connects a foreign account to one that they got hold of."""
    browser = Client()
    browser.force_login(teacher(), backend="proxy.console.people.backend.KnownPeople")

    _, answer = come_back(
        provider,
        "evil",
        browser,
        f"?process={process}&next=https://evil.example/",
        email="x@maplevalley.example",
    )

    assert answer.status_code == 403
    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="nothing"),
        pytest.param("?code=x&state=y", id="a state that nobody began"),
        pytest.param("?error=access_denied", id="the provider said no"),
    ],
)
def test_a_callback_that_nobody_began_lets_nobody_in(school, query):
    teacher()
    browser = Client()

    answer = browser.get(f"/account/oidc/school/callback/{query}", follow=True)

    assert answer.status_code in (200, 403)
    assert not is_in(browser)


def test_a_callback_works_once_and_in_the_browser_that_began(school, provider):
    teacher()
    httpx.put(f"{provider}/users/t-1", json={**SCHOOL, "email": "teacher@maplevalley.example"}, timeout=60)
    victim, thief = Client(), Client()
    sent = victim.post("/account/oidc/school/")
    back = urlsplit(httpx.post(sent.headers["Location"], data={"sub": "t-1"}, timeout=60).headers["Location"])

    thief.get(f"{back.path}?{back.query}")

    assert not is_in(thief)


def test_a_log_in_begins_with_a_form_and_not_with_a_link(school):
    answer = Client().get("/account/oidc/school/")

    assert answer.status_code == 200
    assert "Log in with your School account" in answer.content.decode()
    assert "Location" not in answer.headers


def test_a_provider_that_cannot_be_reached_is_an_error_that_people_can_read(school, with_console, settings):
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{**apps[0], "settings": {"server_url": "http://127.0.0.1:1"}}]}
    }

    answer = Client().post("/account/oidc/school/")

    assert answer.status_code == 503
    assert "The school account cannot be asked now" in answer.content.decode()
