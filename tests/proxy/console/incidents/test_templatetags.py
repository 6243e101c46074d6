"""Tags of the pages about incidents."""

import pytest

from proxy.console.incidents.spoken import Spoken
from proxy.console.incidents.templatetags.incidents import how_sure, incident_state, lang, reach


def test_a_state_is_a_badge():
    assert incident_state("innocent") == '<span class="badge good">Innocent</span>'


@pytest.mark.parametrize(
    ("confidence", "begins"), [(0.99, "very sure"), (0.95, "very sure"), (0.9, "sure"), (0.5, "likely")]
)
def test_how_sure_a_sign_is_stands_in_words(confidence, begins):
    assert how_sure(confidence).startswith(f"{begins}:")


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("", "anywhere"),
        ("192.0.2.7", '<span class="mono" dir="auto">192.0.2.7</span>'),
        ("<b>.example", '<span class="mono" dir="auto">&lt;b&gt;.example</span> and everything below it'),
    ],
)
def test_where_something_holds(site, expected):
    assert reach(site) == expected


def test_words_in_another_language_than_the_pages_say_so():
    assert lang(Spoken("vpn.app", "VPN", language="en")) == ' lang="en"'
    assert lang(Spoken("vpn.app", "VPN")) == ""
