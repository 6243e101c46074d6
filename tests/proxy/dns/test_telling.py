"""The proxy can read what a client was answered, whichever way the answer came about."""

import time
from pathlib import Path

import policy_gateway
from answering import Answering
from dns_world import run, world
from proxy import metrics
from proxy.answered.read import Known
from proxy.dns.answer_cache import Finished, Term
from proxy.dns.clients import Client
from proxy.dns.plan import RateLimit
from proxy.dns.telling import AGAIN_S, MOST_TOLD, Telling

ME, OTHER = "127.0.0.1", "127.0.1.4"
GAMES = {"games.example": ["games"]}
ZONE = (
    "www.example. 300 IN A 192.0.2.1",
    "www.example. 300 IN A 192.0.2.2",
    "alias.example. 300 IN CNAME www.example.",
    "soon.example. 0 IN A 198.51.100.7",
)


def answering(tmp_path: Path) -> Answering:
    tables = Answering(tmp_path / "answered", buckets=4096)
    tables.now = time.time()
    return tables


def test_addresses_are_told_the_first_time_and_when_they_are_given_again(tmp_path: Path) -> None:
    tables = answering(tmp_path)

    async def story() -> None:
        async with world(tmp_path, zone=ZONE, telling=Telling(tables.written)) as it:
            for name in ("www.example", "www.example", "alias.example", "soon.example"):
                await it.ask(name, client=ME)
            assert tables.read.resolved(ME, "www.example") is not None
            assert tables.read.told(ME, "192.0.2.2") is Known.YES
            assert tables.read.told(ME, "198.51.100.7") is Known.YES
            assert tables.read.resolved(ME, "alias.example") is not None
            assert tables.read.told(OTHER, "192.0.2.1") is not Known.YES
            await it.ask("www.example", client=OTHER)
            assert tables.read.told(OTHER, "192.0.2.1") is Known.YES

    run(story())


def test_a_refused_name_is_told(tmp_path: Path) -> None:
    tables = answering(tmp_path)

    async def story() -> None:
        policy = policy_gateway.policy(GAMES)
        async with world(tmp_path, policy, ZONE, telling=Telling(tables.written)) as it:
            await it.ask("games.example", client=ME)
            assert tables.read.was_refused(ME, "games.example")
            assert not tables.read.was_refused(OTHER, "games.example")
            assert not tables.read.was_refused(ME, "www.example")

    run(story())


def test_whoever_goes_on_asking_is_told_of_again(tmp_path: Path) -> None:
    telling = Telling(answering(tmp_path).written)
    client = Client(ME, RateLimit(10, 10), 0.0)
    octets = b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01"
    cell = metrics.VERDICTS.bind("dns", "allow", "default")
    leads, says_no = (
        Finished(octets, (), Term(0.0, 300.0), behind, None, cell, 0) for behind in (("192.0.2.1",), ())
    )
    for begins, entry in ((10.0, leads), (5000.0, says_no)):
        assert entry.mark | client.number not in telling.at(begins)
        telling.finished(entry, client, begins, time.time())
        assert entry.mark | client.number in telling.at(begins + AGAIN_S - 1.0)
        assert entry.mark | client.number not in telling.at(begins + AGAIN_S)
    telling.told.update(range(MOST_TOLD + 1))
    assert telling.at(5000.0 + AGAIN_S) == set(), "it is bounded"


def test_an_answer_that_leads_nowhere_says_that_the_client_asks(tmp_path: Path) -> None:
    tables = answering(tmp_path)

    async def story() -> None:
        async with world(tmp_path, zone=ZONE, telling=Telling(tables.written)) as it:
            assert tables.read.asks(ME) is not Known.YES
            await it.ask("none.example", client=ME)
            await it.ask("none.example", client=ME)
            assert tables.read.asks(ME) is Known.YES

    run(story())
