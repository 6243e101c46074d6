"""Every text of the gateways' pages is translated, in every language that has a folder."""

import pytest

from proxy.catalogue import mo, po
from proxy.pages.catalogue import CATALOGUES, texts

LANGUAGES = CATALOGUES.languages()


def test_there_is_spanish():
    assert "es" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_left_over_or_uncertain(language):
    assert list(CATALOGUES.problems(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_gateways_read_is_what_translators_wrote(language):
    written = CATALOGUES.brought_up_to_date(language)
    assert CATALOGUES.path(language, "po").read_bytes() == po(written), "run `make locale`"
    assert CATALOGUES.path(language, "mo").read_bytes() == mo(written), "run `make locale`"


def test_texts_are_found_in_programs_templates_and_categories():
    found = {message.id: {file for file, _line in message.locations} for message in texts()}
    assert found["Who can help?"] == {
        f"proxy/pages/templates/{name}.html" for name in ("blocked", "host", "plain")
    }
    assert found["Please log in"] == {"proxy/frontdoor/login.py"}
    assert found["The request names two hosts."] == {"addons/heads.py"}
    assert found["today at %(clock)s"] == {"proxy/pages/moments.py"}
    assert found["Gambling"] == {"blocklists/categories.yaml"}
