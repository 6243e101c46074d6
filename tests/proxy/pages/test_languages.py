import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.pages.languages import ENGLISH, LANGUAGES, MAX_FIELD, language_for


def test_english_and_spanish_are_there():
    assert {"en", "es"} <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        pytest.param("", "en", id="nothing is said"),
        pytest.param("es", "es", id="Spanish"),
        pytest.param("ES-mx,es;q=0.9", "es", id="a country's Spanish, in any case"),
        pytest.param("zh-Hans-CN,es-419;q=0.5", "es", id="the first that we have"),
        pytest.param("es;q=0.5, en;q=0.8", "en", id="weights before order"),
        pytest.param("en;q=0.8, es;q=0.8", "en", id="order among equal weights"),
        pytest.param("es;q=0.8, en;q=0.8", "es", id="the same, turned round"),
        pytest.param("es;q=0", "en", id="not acceptable"),
        pytest.param("de, *;q=0.1", "en", id="any other: English first"),
        pytest.param("en;q=0, *", "es", id="any but English"),
        pytest.param("*", "en", id="any"),
        pytest.param("es;q=much", "en", id="a weight that is none"),
        pytest.param("es;q=2", "en", id="a weight that is too great"),
        pytest.param("es;level=1", "en", id="a parameter that languages do not have"),
        pytest.param("espanol", "en", id="only whole parts count"),
        pytest.param("x" * MAX_FIELD + ",es", "en", id="no more is read than a browser sends"),
    ],
)
def test_the_reader_gets_the_language_that_they_want_most(accepted, code):
    assert language_for(accepted).code == code


@given(st.text())
def test_any_field_leads_to_a_language(accepted):
    assert language_for(accepted) in LANGUAGES.values()


def test_a_text_is_said_with_its_values_and_what_is_not_ours_stays():
    spanish = LANGUAGES["es"]

    assert spanish.gettext("tomorrow at %(clock)s", clock="8:15") == "mañana a las 8:15"
    assert spanish.gettext("Ms Lee's class, 100 % of it") == "Ms Lee's class, 100 % of it"
    assert spanish.gettext("") == ENGLISH.gettext("") == ""


def test_a_language_says_which_way_it_is_written():
    assert {language.direction for language in (ENGLISH, LANGUAGES["es"])} == {"ltr"}
