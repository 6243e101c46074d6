"""What is done with an outcome, and how many questions are under way?"""

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path

import policy_gateway
from dns_world import run
from proxy import metrics
from proxy.dns.answer_cache import AnswerCache
from proxy.dns.clients import Client
from proxy.dns.plan import RateLimit
from proxy.dns.settling import LEAST_SHARE, Settling, term_of


def settling(state: Path, max_inflight: int) -> Settling:
    gateway = policy_gateway.gateway(state, policy_gateway.policy(), policy_gateway.settings())
    return Settling(gateway, AnswerCache(10), max_inflight)


def client(address: str = "127.0.0.1") -> Client:
    return Client(address, RateLimit(10, 20), 0.0)


def test_one_client_has_its_share_and_all_have_the_whole(tmp_path: Path) -> None:
    it, greedy = settling(tmp_path, LEAST_SHARE + 3), client()
    refused = metrics.REFUSED.bind("dns", "overload").value

    assert [it.enter(greedy) for _ in range(LEAST_SHARE + 1)] == [True] * LEAST_SHARE + [False]
    assert [it.enter(client("127.0.0.2")) for _ in range(4)] == [True] * 3 + [False]
    assert metrics.REFUSED.bind("dns", "overload").value == refused + 2
    it.leave(greedy)
    assert it.enter(greedy)


def test_quiet_waits_for_what_is_under_way_and_no_longer_than_the_grace(tmp_path: Path) -> None:
    async def story() -> None:
        it, asker = settling(tmp_path, 100), client()
        await it.quiet(30)
        assert it.enter(asker)
        await it.quiet(0)
        waits = asyncio.ensure_future(it.quiet(30))
        await asyncio.sleep(0)
        assert not waits.done()
        it.leave(asker)
        await waits

    run(story())


def test_only_a_verdict_that_ends_ties_an_answer_to_the_wall_clock() -> None:
    assert term_of(100.0, 60, None) == (100.0, 160.0, 0.0, math.inf)
    term = term_of(100.0, 60, datetime(2030, 1, 1, tzinfo=UTC))
    assert (term.born, term.expires, term.until) == (100.0, 160.0, 1893456000.0)
    assert 0 < term.made < term.until
