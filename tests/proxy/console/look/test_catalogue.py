"""Every text that is marked for translation is translated, in every language that has a folder."""

import pytest

from proxy.catalogue import mo, po
from proxy.console.look.catalogue import CATALOGUES, texts

LANGUAGES = CATALOGUES.languages()


def test_there_is_spanish():
    assert "es" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_left_over_or_uncertain(language):
    assert list(CATALOGUES.problems(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_console_reads_is_what_translators_wrote(language):
    written = CATALOGUES.brought_up_to_date(language)
    assert CATALOGUES.path(language, "po").read_bytes() == po(written), "run `make locale`"
    assert CATALOGUES.path(language, "mo").read_bytes() == mo(written), "run `make locale`"


def test_texts_are_found_in_programs_and_templates():
    found = {message.id: {file for file, _line in message.locations} for message in texts()}
    assert found["Tell an adult"] == {
        "portal/templates/portal/home.html",
        "portal/templates/portal/tell.html",
    }
    assert found["For a week"] == {"portal/spans.py"}
    assert found[("in %(n)d day", "in %(n)d days")] == {"look/templatetags/look.py"}


def test_texts_with_a_context_are_texts_of_their_own():
    assert texts().get("Another one, or none", context="class") is not None
