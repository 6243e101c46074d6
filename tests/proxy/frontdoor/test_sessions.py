"""What is known about an open connection."""

import pytest

from policies import asks, policy
from proxy.decision.pipeline import decide
from proxy.decision.view import view_for
from proxy.frontdoor.sessions import MAX_APPROVED, Exchange, Session, Sessions
from proxy.judgement import Judgement, Standing


def test_a_session_lives_as_long_as_its_connection():
    sessions, session = Sessions(), Session("192.0.2.7")
    sessions.begin(session)
    assert sessions.of(session.id) is session
    assert sessions.end(session.id) is session
    assert sessions.end(session.id) is None
    with pytest.raises(KeyError):
        sessions.of(session.id)


def test_the_tunnel_that_was_asked_for_goes_before_where_packets_went():
    session = Session("192.0.2.7", destination=("198.51.100.1", 443))
    assert session.target == ("198.51.100.1", 443)
    session.connect = ("site.example", 443)
    assert session.target == ("site.example", 443)


def test_approved_addresses_are_bounded_and_the_oldest_goes_first():
    session = Session("192.0.2.7")
    first, again = ("198.51.100.1", 443), ("198.51.100.2", 443)
    session.approve(first)
    session.approve(again)
    for port in range(MAX_APPROVED - 2):
        session.approve(("198.51.100.3", port + 1))
    session.approve(again)
    session.approve(("198.51.100.4", 1))
    assert first not in session.approved
    assert again in session.approved
    assert len(session.approved) == MAX_APPROVED


def test_an_exchange_of_a_connection_that_is_over_is_over():
    written, request = policy(), asks("http://site.example/")
    view = view_for(written, request.subject)
    standing = Standing(request.attempt.client, None, request.subject, view, written, None)
    judged = Judgement(request.attempt, standing, decide(request, written, view), request.at)
    sessions, session = Sessions(), Session("192.0.2.7")
    sessions.begin(session)
    assert sessions.exchange(session.id, "flow") is None
    session.exchanges["flow"] = exchange = Exchange(judged)
    assert sessions.exchange(session.id, "flow") is exchange
    sessions.end(session.id)
    assert sessions.exchange(session.id, "flow") is None
