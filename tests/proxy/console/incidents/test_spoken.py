"""What techniques are called."""

from dataclasses import replace

import pytest
from django.utils import translation

from known_ways import delivered
from proxy.console.incidents import spoken as module
from proxy.console.incidents.spoken import (
    FAMILIES,
    REASONS,
    STATES,
    STEPS,
    TONES,
    category,
    family,
    reason,
    spoken,
    stage,
    state,
)
from proxy.console.incidents.states import State, Step
from proxy.decision.signs import Consequence
from proxy.decision.verdict import Reason


def test_a_technique_has_the_words_of_the_policy_in_force(school):
    found = spoken("webproxy.ultraviolet.url")
    known = delivered().techniques["webproxy.ultraviolet.url"]
    assert (found.title, found.sentence, found.innocent) == (known.title, known.explanation, known.innocent)
    assert found.is_unseen


def test_a_technique_is_said_in_the_readers_language(school):
    with translation.override("es"):
        found = spoken("webproxy.ultraviolet.url")
    assert (found.title, found.sentence, found.innocent[:1], found.language) == (
        "Ultraviolet: una dirección que codificó",
        "Esta dirección contiene otra, codificada para que el filtro no la vea.",
        ("un enlace que envió otra persona",),
        "",
    )


def test_one_that_nobody_translated_is_english_and_says_so(school, monkeypatch):
    known = delivered()
    own = replace(known.techniques["vpn.app"], id="vpn.own", title="A VPN of this town")
    monkeypatch.setattr(module, "_knowledge", lambda: replace(known, techniques={"vpn.own": own}))
    assert spoken("vpn.own").language == ""
    with translation.override("es"):
        found = spoken("vpn.own")
    assert (found.title, found.sentence, found.language) == ("A VPN of this town", own.explanation, "en")


@pytest.mark.parametrize(("technique", "expected"), [("vpn.gone", "VPN"), ("gone.too", "gone")])
def test_one_that_the_policy_does_not_know_is_called_by_its_family(school, technique, expected):
    found = spoken(technique)
    assert (found.title, found.sentence, found.innocent) == (expected, "", ())


def test_everything_that_can_open_an_incident_belongs_to_a_named_family():
    families = {
        id_.partition(".")[0]
        for id_, one in delivered().techniques.items()
        if one.consequence is Consequence.INCIDENT
    }
    assert families - set(FAMILIES) == set()


def test_states_and_steps_all_have_words():
    assert set(STATES) == set(TONES) == set(State)
    assert set(REASONS) == set(Reason)
    assert set(STEPS) == set(Step)


def test_words_are_in_the_readers_language():
    with translation.override("es"):
        assert reason(Reason.WAY_AROUND) == "un modo de eludir el filtro"
        assert (state("open"), family("webproxy.bare"), stage("dns")) == (
            "Espera a que alguien lo vea",
            "Proxy web",
            "se buscó un nombre",
        )


def test_a_category_is_called_as_the_policy_in_force_says(school):
    assert category("pornography") == "Pornography"
    assert category("gone") == "gone"
