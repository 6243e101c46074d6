"""What is frozen of a decision: what the ticket or the event said, and no pseudonym."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handed_tickets import BLOCKED_AT, claims, ticket
from proxy.console.portal.evidence import NOTHING_MET, from_event, from_ticket
from proxy.console.portal.places import Place
from proxy.console.site.config import config
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.tickets.errors import TicketBad, TicketExpired

EVENT = Event(
    time=datetime(2026, 11, 30, 15, 0, tzinfo=UTC),
    stage=Stage.HTTP,
    client="192.0.2.7",
    group="high",
    host="physics.example",
    action=Action.BLOCK,
    reason=Reason.CATEGORY,
    id="0192f0c1aa550001",
    gateway="demo",
    subject="abcdefghijklmnop",
    url="http://physics.example/labs",
    category="games",
    list_id="demo-games",
    rule="physics.example",
    base=3,
    overlay=1,
    ticket="7KQ29FXM",
)


def test_a_ticket_says_what_was_met():
    met = from_ticket(ticket("student-0042"), config(), BLOCKED_AT)
    assert (met.ticket, met.code, met.category) == ("0192f0c1aa550001", "7KQ29FXM", "games")
    assert met.place == Place("physics.example", "/labs/optics", scheme="http")
    assert met.subject == claims("student-0042").subject
    assert met.subject not in str(met.kept)


def test_an_event_says_the_same():
    met = from_event(EVENT)
    assert (met.ticket, met.code, met.subject) == (EVENT.id, "7KQ29FXM", EVENT.subject)
    assert met.place == Place("physics.example", "/labs", scheme="http")
    assert met.kept["via"] == "code"
    assert (met.kept["reason"], met.kept["list_id"], met.kept["base"]) == ("category", "demo-games", 3)
    assert EVENT.subject not in str(met.kept)
    assert EVENT.client not in str(met.kept)


def test_a_way_around_is_named_by_ticket_and_code():
    way = {"reason": "way_around", "list_id": "bypass", "category": "", "basis": ""}
    by_ticket = from_ticket(ticket(technique="webproxy.bare", **way), config(), BLOCKED_AT)
    by_code = from_event(
        replace(EVENT, reason=Reason.WAY_AROUND, list_id="bypass", rule="webproxy.bare", category="")
    )
    assert by_ticket.kept["technique"] == by_code.kept["technique"] == "webproxy.bare"
    assert from_event(EVENT).kept["technique"] == ""


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        pytest.param(Reason.CATEGORY, "games", id="a local rule"),
        pytest.param(Reason.FLOOR, "pornography", id="the law"),
        pytest.param(Reason.ERROR, "", id="a fault"),
        pytest.param(Reason.NO_POLICY, "", id="no policy"),
    ],
)
def test_ticket_and_code_of_a_block_mean_the_same(reason, category):
    basis = {"games": "local", "pornography": "cipa"}.get(category, "")
    by_ticket = from_ticket(ticket(reason=reason.value, category=category, basis=basis), config(), BLOCKED_AT)
    by_code = from_event(replace(EVENT, reason=reason, category=category))
    assert (by_code.kind, by_code.is_law, by_code.is_fault) == (
        by_ticket.kind, by_ticket.is_law, by_ticket.is_fault,
    )  # fmt: skip


def test_an_event_without_its_url_still_names_the_site():
    assert from_event(replace(EVENT, url="")).place == Place("physics.example")


def test_a_ticket_without_an_event_is_known_by_gateway_and_code():
    met = from_ticket(ticket(event=""), config(), BLOCKED_AT)
    assert met.ticket == "demo.7KQ29FXM"
    assert len(from_ticket(ticket(event="", gateway="g" * 100), config(), BLOCKED_AT).ticket) <= 40


@pytest.mark.parametrize(
    ("changes", "is_law", "is_fault"),
    [
        pytest.param({}, False, False, id="a local rule"),
        pytest.param({"basis": "cipa"}, True, False, id="the law"),
        pytest.param({"reason": "error", "basis": ""}, False, True, id="a fault"),
        pytest.param({"reason": "no_policy", "basis": ""}, False, True, id="no policy"),
    ],
)
def test_what_is_behind_it(changes, is_law, is_fault):
    met = from_ticket(ticket(**changes), config(), BLOCKED_AT)
    assert (met.is_law, met.is_fault) == (is_law, is_fault)


@pytest.mark.parametrize("url", ["", "http://intranet/", "com"])
def test_an_address_that_is_none_is_left_out(url):
    assert from_ticket(ticket(url=url), config(), BLOCKED_AT).place == Place()


def test_a_ticket_ends():
    with pytest.raises(TicketExpired):
        from_ticket(ticket(), config(), BLOCKED_AT + timedelta(days=30))
    with pytest.raises(TicketBad):
        from_ticket("none", config(), BLOCKED_AT)


def test_without_a_block_there_is_nothing():
    assert (NOTHING_MET.ticket, NOTHING_MET.place.host, NOTHING_MET.kept) == ("", "", {"via": "portal"})
