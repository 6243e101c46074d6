"""Choosing a language: it is kept, also for letters, and leads back to where one was."""

import pytest
from django.test import Client

from console_people import logged_in, student
from proxy.console.people.models import Person


def choose(browser, language="es", back="/approved/"):
    return browser.post("/language/", {"language": language, "next": back})


def test_a_choice_is_remembered(db):
    browser = Client()
    assert choose(browser)["Location"] == "/approved/"
    cookie = browser.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("es", True, "Lax")
    assert '<html lang="es"' in browser.get("/approved/").content.decode()


def test_letters_follow(db):
    browser = logged_in(student())
    choose(browser)
    assert Person.objects.get().language == "es"


@pytest.mark.parametrize("language", ["", "xx", "../../etc", "es\r\nSet-Cookie: a=b", "de"])
def test_what_is_no_language_here_changes_nothing(db, language):
    browser = Client()
    choose(browser, language)
    assert "language" not in browser.cookies


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "http:///evil",
    ],
)
def test_it_leads_to_no_other_site(db, back):
    assert choose(Client(), back=back)["Location"] == "/"


def test_looking_at_it_changes_nothing(db):
    assert Client().get("/language/?language=es").status_code == 405


def test_a_form_of_another_site_is_refused(db):
    assert choose(Client(enforce_csrf_checks=True)).status_code == 403
