from dataclasses import replace

import pytest

import policies
from proxy.decision.pipeline import decide
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Basis, Reason
from proxy.decision.view import view_for
from proxy.pages.house import House
from proxy.pages.languages import LANGUAGES
from proxy.pages.notice import FAULT, LAW, notice_for

OAK = House("Oak School", "gw-1", "Room 12 helps.", "https://ask.school.example/new")
LISTED = {
    "games.example": ["games"],
    "x.example": ["pornography"],
    "hurt.example": ["child_abuse"],
    "harm.example": ["self_harm"],
}
HARM = replace(
    policies.PUPILS, rules=(*policies.PUPILS.rules, policies.rule("self_harm", scope="pupils")), help=""
)


def notice(what, house=OAK, *, pupils=HARM, **more):
    policy = policies.policy(
        LISTED, pupils, categories=policies.CATEGORIES | {"self_harm": policies.category("self_harm")}
    )
    request = policies.asks(what)
    view = view_for(policy, request.subject)
    return notice_for(request, decide(request, policy, view), view, policy, house, **more)


def test_a_local_choice_is_called_one_and_never_law():
    said = notice("http://play.games.example/a?b=c")

    assert said.decision == (
        "This is a local decision, made by Technology committee. It is not a legal requirement."
    )
    assert said.basis is Basis.LOCAL
    assert "CIPA" not in " ".join(str(getattr(said, name)) for name in said.__slots__)
    assert (said.address, said.category, said.source) == (
        "play.games.example/a",
        "Games",
        "games-list, line 1",
    )
    assert said.can_be_asked_for


@pytest.mark.parametrize("what", ["http://x.example/", "http://hurt.example/"])
def test_what_the_law_asks_for_is_called_law_and_can_only_be_reported(what):
    said = notice(what)

    assert said.decision == LAW
    assert not said.can_be_asked_for


@pytest.mark.parametrize(
    ("nature", "can_be"), [(Nature.ANONYMIZER, False), (Nature.MIRROR, True)], ids=["a proxy", "a copy"]
)
def test_what_no_reviewer_can_open_can_only_be_reported(nature, can_be):
    url = parse_url("http://news.example/")
    sign = Sign("test.way", nature, Consequence.BLOCK, 0.9, "It leads around the filter.")
    asked = policies.asks("http://news.example/")
    request = replace(asked, attempt=replace(asked.attempt, host=url.host, url=url, signs=(sign,)))
    policy = policies.policy(LISTED, policies.PUPILS)
    view = view_for(policy, request.subject)

    said = notice_for(request, decide(request, policy, view), view, policy, OAK)

    assert (said.reason, said.can_be_asked_for) == (Reason.WAY_AROUND, can_be)


def test_every_local_reason_names_somebody_here():
    shut = replace(policies.PUPILS, school_rules=(policies.school_rule("block", "news.example"),))

    assert "made by Ms Lee" in notice("http://news.example/", pupils=shut).decision


def test_who_can_help_is_the_scopes_word_before_the_houses():
    assert notice("http://games.example/").help == "Room 12 helps."
    assert notice("http://games.example/", pupils=replace(HARM, help="Ask Ms Lee.")).help == "Ask Ms Lee."


@pytest.mark.parametrize(
    ("what", "number"),
    [
        pytest.param("http://harm.example/", "988", id="self-harm"),
        pytest.param("http://hurt.example/", "1-800-422-4453", id="abuse"),
        pytest.param("http://games.example/", None, id="games"),
    ],
)
def test_a_page_about_harm_says_where_help_is(what, number):
    crisis = notice(what).crisis

    assert (number in crisis) if number else crisis == ""


def test_the_link_carries_the_ticket_and_the_code_is_readable():
    said = notice("http://games.example/", code="7KQ29FXM", ticket="g1.k.b")

    assert said.ask_url == "https://ask.school.example/new?ticket=g1.k.b"
    assert said.code == "7KQ2-9FXM"
    assert notice("http://games.example/", replace(OAK, portal=""), ticket="t").ask_url == ""

    house = replace(OAK, portal="https://ask.example/?form=1")
    assert (
        notice("http://games.example/", house, ticket="t").ask_url == "https://ask.example/?form=1&ticket=t"
    )


def test_telling_an_adult_is_a_click_away_where_there_is_a_page_for_it():
    house = replace(OAK, tell="https://ask.school.example/tell/")
    told = notice("http://games.example/", house, ticket="g1.k.b")
    assert told.tell_url == "https://ask.school.example/tell/?ticket=g1.k.b"
    assert notice("http://games.example/", house).tell_url == "https://ask.school.example/tell/"
    assert notice("http://games.example/", OAK, ticket="g1.k.b").tell_url == ""


def test_a_fault_is_no_decision():
    policy = policies.policy(LISTED)
    request = policies.asks("http://games.example/")
    view = view_for(policy, request.subject)
    verdict = replace(decide(request, policy, view), reason=Reason.NO_POLICY)

    said = notice_for(request, verdict, view, None, OAK)

    assert (said.is_fault, said.decision, said.opens) == (True, FAULT, "")
    assert said.heading == "This page cannot be opened right now"


def test_a_notice_is_in_the_readers_language_but_for_what_people_here_wrote():
    shut = replace(policies.PUPILS, school_rules=(policies.school_rule("block", "news.example"),))

    said = notice("http://news.example/", pupils=shut, language=LANGUAGES["es"])

    assert said.heading == "Esta página está bloqueada"
    assert said.why == "La escuela la ha puesto en su propia lista de lo que se bloquea."
    assert said.decision == "Es una decisión local, tomada por: Ms Lee. No es una exigencia de la ley."
    assert said.help == "Room 12 helps."
    assert said.explanation == notice("http://news.example/", pupils=shut).explanation


def test_categories_that_we_ship_have_names_in_every_language():
    assert notice("http://games.example/", language=LANGUAGES["es"]).category == "Juegos"
