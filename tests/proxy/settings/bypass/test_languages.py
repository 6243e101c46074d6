"""Every technique that we deliver is said in every language of the console."""

from pathlib import Path

import pytest

from known_ways import delivered
from proxy.settings.bypass.languages import CODE

CONSOLE = Path(__file__).parents[4] / "proxy" / "console" / "locale"
LANGUAGES = sorted(folder.name for folder in CONSOLE.iterdir() if folder.is_dir())


def texts() -> set[str]:
    return {
        text
        for one in delivered().techniques.values()
        for text in (one.title, one.explanation, *one.innocent)
    }


def test_there_are_languages() -> None:
    assert LANGUAGES == ["es"]
    assert set(delivered().languages) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_of_a_technique_is_translated_and_no_other(language: str) -> None:
    said = delivered().languages[language]
    assert sorted(texts() - set(said)) == [], f"write them into blocklists/bypass/languages/{language}.yaml"
    assert sorted(set(said) - texts()) == [], f"take them out of blocklists/bypass/languages/{language}.yaml"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_sentences(language: str) -> None:
    for english, said in delivered().languages[language].items():
        assert english.endswith(".") is said.endswith("."), english


@pytest.mark.parametrize(("name", "expected"), [("es", True), ("pt-br", True), ("Es", False), ("", False)])
def test_a_language_is_called_by_its_code(name: str, expected: bool) -> None:
    assert bool(CODE.fullmatch(name)) is expected
