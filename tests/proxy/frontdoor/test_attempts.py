"""Attempts of connections, and how their peers are spelled."""

import pytest

from proxy.decision.names import NameProblem
from proxy.decision.request import Attempt, Stage, Trait
from proxy.frontdoor.attempts import canonical_peer, tls_attempt
from proxy.frontdoor.sessions import Session


def test_an_attempt_carries_who_asks_and_what_was_seen():
    session = Session("192.0.2.7", login="amy")
    made = tls_attempt(session, "site.example", frozenset({Trait.NO_SNI}), "CONNECT")
    assert made == Attempt(
        "192.0.2.7",
        Stage.TLS,
        "site.example",
        login="amy",
        method="CONNECT",
        traits=frozenset({Trait.NO_SNI}),
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::1"), ("192.0.2.7", "192.0.2.7")],
)
def test_a_peer_has_one_spelling(address, expected):
    assert canonical_peer(address) == expected


def test_a_peer_that_is_no_address_is_none():
    with pytest.raises(NameProblem):
        canonical_peer("")
