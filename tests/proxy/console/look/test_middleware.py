"""Which language: the one chosen, else the person's own, else the browser's, else the school's first."""

import pytest
from django.test import Client

from console_people import logged_in, student


def language_of(browser, accept=""):
    text = browser.get("/approved/", headers={"accept-language": accept}).content.decode()
    return text.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("chosen", "own", "accept", "expected"),
    [
        pytest.param("", "", "", "en", id="the school's first"),
        pytest.param("", "", "es-MX,es;q=0.9", "es", id="the browser's"),
        pytest.param("", "", "xx", "en", id="a language that is not there"),
        pytest.param("", "es", "en", "es", id="the person's own"),
        pytest.param("en", "es", "es", "en", id="the one chosen"),
        pytest.param("xx", "es", "en", "es", id="a choice that is none"),
    ],
)
def test_which_language(db, chosen, own, accept, expected):
    browser = logged_in(student(language=own)) if own else Client()
    if chosen:
        browser.cookies["language"] = chosen
    assert language_of(browser, accept) == expected


def test_one_persons_language_does_not_stay_for_the_next(db):
    assert language_of(logged_in(student(language="es")), "en") == "es"
    assert language_of(Client(), "en") == "en"
