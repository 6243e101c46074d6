import json
from datetime import UTC, datetime, timedelta

import pytest

import policies
from block_page_school import MORNING, School
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.journal.kept_signs import techniques_in
from proxy.pages.asked import Form
from proxy.tickets.codes import parse_code
from proxy.tickets.sealing import verify


@pytest.fixture
def school(tmp_path):
    school = School(tmp_path)
    school.adopt(policies.policy({"games.example": ["games"]}))
    return school


def refuse(school, form, url="http://games.example/play?token=secret"):
    parsed = parse_url(url)
    judgement = school.gateway.judge(Attempt("127.0.0.9", Stage.HTTP, parsed.host, parsed, method="GET"))
    return school.refusals.answer(judgement, form)


def test_a_refusal_of_a_way_around_names_it_in_ticket_and_event(school):
    url = parse_url("http://school-news.example/vpn")
    vpn = Sign("vpn.web", Nature.ANONYMIZER, Consequence.INCIDENT, 0.9, "It carries anything anywhere.")
    attempt = Attempt("127.0.0.9", Stage.HTTP, url.host, url, method="GET", signs=(vpn,))

    told = json.loads(school.refusals.answer(school.gateway.judge(attempt), Form.JSON).body)

    claims = verify(told["ticket"], school.keyring, MORNING)
    (event,) = school.events()
    assert (claims.reason, claims.technique) == ("way_around", "vpn.web")
    assert (event.rule, techniques_in(event.signs)) == ("vpn.web", ("vpn.web",))


def test_a_ticket_for_a_page_inside_another_asks_for_the_page_inside(school):
    url, inner = parse_url("http://translate.example/x"), parse_url("http://games.example/play?token=secret")
    sign = Sign("wrapper.translate", Nature.WRAPPER, Consequence.LOG, 0.9, "It is a translator.", (), inner)
    attempt = Attempt("127.0.0.9", Stage.HTTP, url.host, url, method="GET", signs=(sign,))

    told = json.loads(school.refusals.answer(school.gateway.judge(attempt), Form.JSON).body)

    claims = verify(told["ticket"], school.keyring, MORNING)
    (event,) = school.events()
    assert (claims.url, claims.category) == ("http://games.example/play?token=-", "games")
    assert event.host == "translate.example"


def test_a_refusal_is_recorded_once_and_its_ticket_names_the_event(school):
    told = json.loads(refuse(school, Form.JSON).body)

    claims = verify(told["ticket"], school.keyring, MORNING)
    (event,) = school.events()
    assert claims.event == event.id
    assert claims.code == event.ticket == parse_code(told["code"])
    assert claims.url == event.url == "http://games.example/play?token=-"
    assert (claims.gateway, claims.group, claims.category, claims.list_id, claims.line) == (
        "gw-1", "pupils", "games", "games-list", 1,
    )  # fmt: skip
    assert (claims.base, claims.overlay, claims.basis, claims.reason) == (7, 3, "local", "category")
    assert claims.technique == ""
    assert claims.at == datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
    assert claims.expires - claims.at == timedelta(days=30)


def test_the_code_on_the_page_leads_to_the_event(school):
    page = refuse(school, Form.PAGE).body.decode()
    code = page.partition('<p class="code">')[2].partition("<")[0]

    (event,) = school.events()

    assert parse_code(code) == event.ticket


def test_what_nobody_reads_is_recorded_without_a_code(school):
    refuse(school, Form.IMAGE)

    (event,) = school.events()

    assert event.ticket == ""


def test_a_refusal_speaks_the_language_that_was_asked_for(school):
    parsed = parse_url("http://games.example/")
    judgement = school.gateway.judge(Attempt("127.0.0.9", Stage.HTTP, parsed.host, parsed, method="GET"))

    page = school.refusals.answer(judgement, Form.PAGE, "es-US,en;q=0.5")

    assert "Esta página está bloqueada" in page.body.decode()


def test_before_the_first_policy_a_refusal_says_so(tmp_path):
    school = School(tmp_path)

    page = refuse(school, Form.JSON)

    assert page.status == 503
    assert json.loads(page.body)["reason"] == "no_policy"
