"""Every text that is marked for translation is translated, in every language that has a folder."""

import pytest
from babel.messages.catalog import Catalog

from proxy.console.look import catalogue

LANGUAGES = catalogue.languages()


def test_there_is_spanish():
    assert "es" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_left_over_or_uncertain(language):
    assert list(catalogue.problems(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_console_reads_is_what_translators_wrote(language):
    folder = catalogue.LOCALE / language / "LC_MESSAGES"
    written = catalogue.brought_up_to_date(language)
    assert (folder / "django.po").read_bytes() == catalogue.po(written), "run `make locale`"
    assert (folder / "django.mo").read_bytes() == catalogue.mo(written), "run `make locale`"


def test_texts_are_found_in_programs_and_templates():
    found = {message.id: {file for file, _line in message.locations} for message in catalogue.texts()}
    assert found["Tell an adult"] == {
        "portal/templates/portal/home.html",
        "portal/templates/portal/tell.html",
    }
    assert found["For a week"] == {"portal/spans.py"}
    assert found[("in %(n)d day", "in %(n)d days")] == {"look/templatetags/look.py"}


def test_texts_with_a_context_are_texts_of_their_own():
    assert catalogue.texts().get("Another one, or none", context="class") is not None


def test_a_new_language_begins_with_every_text_untranslated(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    assert catalogue.languages() == ["fr"]
    assert catalogue.main() == 1
    wanted = {message.id for message in catalogue.texts() if message.id}
    assert {message.id for message in catalogue.read("fr") if message.id} == wanted
    assert all(line.startswith("fr: not translated") for line in catalogue.problems("fr"))


def test_what_is_wrong_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    half = Catalog(locale="fr", fuzzy=False)
    half.add("Send", "Envoyer", flags=["fuzzy"])
    half.add("Gone long ago", "Parti")
    half.add("%(n)d student", "%(m)d élève", flags=["python-format"])
    (folder / "django.po").write_bytes(catalogue.po(half))
    said = "\n".join(catalogue.problems("fr"))
    for problem in ("fr: missing, run `make locale`: 'Ask'", "not used any more: 'Gone long ago'",
                    "marked as uncertain: 'Send'", "'%(n)d student': "):  # fmt: skip
        assert problem in said
