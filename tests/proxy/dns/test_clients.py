"""Who may ask, how fast, and under which view?"""

from pathlib import Path

import pytest

import policy_gateway
from proxy.dns.answer_cache import MAX_VIEWS, AnswerCache
from proxy.dns.clients import Client, Clients, canonical
from proxy.dns.from_settings import plan_from
from proxy.dns.plan import RateLimit
from proxy.settings.schema import Settings


def clients(state: Path, **more: object) -> Clients:
    gateway = policy_gateway.gateway(state, policy_gateway.policy(), policy_gateway.settings())
    return Clients(gateway, AnswerCache(100), RateLimit(10, 20), **more)  # type: ignore[arg-type]


def test_an_allowance_is_used_up_and_grows_back() -> None:
    client = Client("192.0.2.1", RateLimit(qps=10, burst=3), now=0.0)

    assert [client.may_ask(0.0) for _ in range(4)] == [True, True, True, False]
    assert [client.may_ask(0.25) for _ in range(3)] == [True, True, False]
    assert [client.may_ask(1000.0) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_a_peer_is_known_by_its_canonical_address(peer: str, address: str) -> None:
    assert canonical(peer) == address


def test_clients_alike_share_their_answers(tmp_path: Path) -> None:
    table = clients(tmp_path)
    first, second, quiet = (table.admit(peer, 0.0) for peer in ("127.0.0.1", "::1", "127.0.1.1"))

    assert first is not None
    assert second is not None
    assert quiet is not None
    assert first.answers is second.answers
    assert first.answers is not quiet.answers


def test_strangers_leave_no_row(tmp_path: Path) -> None:
    table = clients(tmp_path)

    assert table.admit("198.51.100.1", 0.0) is None
    assert table.known == {}


def test_the_table_is_bounded(tmp_path: Path) -> None:
    table = clients(tmp_path, max_clients=2)
    for peer in ("127.0.0.1", "127.0.1.1", "127.0.1.2"):
        table.admit(peer, 0.0)

    assert list(table.known) == ["127.0.1.1", "127.0.1.2"]


def test_too_many_views_are_let_go_together(tmp_path: Path) -> None:
    gateway = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
    cache = AnswerCache(100)
    table = Clients(gateway, cache, RateLimit(10, 20))
    first = table.admit("127.0.0.1", 0.0)
    for n in range(MAX_VIEWS):
        cache.of_view(n)
    second = table.admit("127.0.1.1", 0.0)

    assert first is not None
    assert second is not None
    assert first.answers is None
    assert second.answers == {}
    assert not cache.is_crowded


def test_a_swap_unbinds_and_leaves_allowances(tmp_path: Path) -> None:
    table = clients(tmp_path)
    client = table.admit("127.0.0.1", 0.0)
    assert client is not None
    while client.may_ask(0.0):
        pass
    table.unbind()

    assert (client.answers, client.standing) == (None, None)  # the policy before is let go
    assert table.admit("127.0.0.1", 0.0) is client
    assert client.answers is not None
    assert not client.may_ask(0.0)


def test_new_limits_begin_anew(tmp_path: Path) -> None:
    table = clients(tmp_path)
    client = table.admit("127.0.0.1", 0.0)
    table.set_limits(RateLimit(10, 20), ())
    assert table.admit("127.0.0.1", 0.0) is client
    table.set_limits(RateLimit(1, 1), ())
    assert table.admit("127.0.0.1", 0.0) is not client


def test_a_device_is_watched_as_one_whichever_of_its_addresses_it_asks_from(tmp_path: Path) -> None:
    settings = policy_gateway.settings(forwarders=[{"addresses": "127.0.1.4", "group": "pupils"}])
    plain = settings.model_dump(mode="json")
    plain["devices"] = [{"id": "tablet", "group": "pupils", "addresses": ["127.0.0.1", "::1"]}]
    known = Settings.model_validate(plain)
    gateway = policy_gateway.gateway(tmp_path, policy_gateway.policy(), known)
    table = Clients(gateway, AnswerCache(100), RateLimit(10, 20), plan_from(known).forwarders)

    asking = [table.admit(peer, 0.0) for peer in ("127.0.0.1", "::1", "127.0.1.1", "127.0.1.4")]

    assert [client.watched if client else "" for client in asking] == [
        "device tablet", "device tablet", "127.0.1.1", "127.0.1.4",
    ]  # fmt: skip
    assert [table.asks_for_many(client.watched) for client in asking if client] == [False, False, False, True]
