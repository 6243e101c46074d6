"""Where does the answer to a name come from?"""

from pathlib import Path

import pytest

import policy_gateway
from dns_world import run, world
from fake_upstream import FakeUpstream, running
from proxy.dns.asking import Asking
from proxy.dns.labels import to_wire
from proxy.dns.plan import CachePlan, Endpoint, ForwardZone, LocalRecord, Plan, UpstreamServer
from proxy.dns.records import A, Asked, addresses_of
from proxy.dns.resolver import Resolver
from proxy.dns.wire import Question

pytestmark = pytest.mark.usefixtures("no_repeats")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def plan(fake: FakeUpstream, **more: object) -> Plan:
    upstreams = (UpstreamServer(Endpoint("127.0.0.1", fake.port)),)
    return Plan(**({"upstreams": upstreams, "timeout_s": 1.0} | more))  # type: ignore[arg-type]


def test_a_question_is_asked_upstream_once_while_its_answer_holds() -> None:
    async def story() -> None:
        async with running(FakeUpstream()) as fake:
            fake.add("www.example. 60 IN A 192.0.2.1")
            clock = Clock()
            asking = Asking(plan(fake), clock)
            asked = Asked(to_wire("www.example"), A)
            for _ in range(3):
                await asking.find(asked)
            clock.now += 20
            assert [r.ttl for r in (await asking.find(asked)).answer.final] == [40]
            assert len(fake.seen) == 1
            clock.now += 40
            await asking.find(asked)
            assert len(fake.seen) == 2
            await asking.close()

    run(story())


def test_a_stale_answer_serves_while_no_upstream_answers() -> None:
    async def story() -> None:
        async with running(FakeUpstream()) as fake:
            fake.add("www.example. 60 IN A 192.0.2.1")
            clock = Clock()
            asking = Asking(plan(fake), clock)
            asked = Asked(to_wire("www.example"), A)
            await asking.find(asked)
            clock.now += 120
            fake.silent = True
            found = await asking.find(asked)
            assert (found.stale, addresses_of(found.answer.final)) == (True, ("192.0.2.1",))
            fake.silent, fake.rcode = False, 2
            assert (await asking.find(asked)).stale
            fake.rcode = 0
            clock.now += 60
            assert not (await asking.find(asked)).stale
            await asking.close()

    run(story())


def test_stale_answers_say_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with running(FakeUpstream()) as fake:
            fake.add("www.example. 60 IN A 192.0.2.1")
            clock, name = Clock(), to_wire("www.example")
            gateway = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
            resolver = Resolver(gateway, plan(fake), clock)
            await resolver.answer(Question(0, name, name, A), "127.0.0.1")
            clock.now += 60
            fake.silent = True
            outcome = await resolver.answer(Question(0, name, name, A), "127.0.0.1")

            assert outcome.reply.ede == ((3, "no newer answer to be had"),)
            assert [r.ttl for r in outcome.reply.answer] == [30]
            await resolver.close()

    run(story())


def test_an_alias_that_its_server_did_not_follow_is_followed() -> None:
    async def story() -> None:
        async with running(FakeUpstream()) as fake:
            fake.add("www.example. 60 IN A 192.0.2.1")
            local = LocalRecord("intra.example", "CNAME", "www.example")
            asking = Asking(plan(fake, local_records=(local,)))
            answer = (await asking.find(Asked(to_wire("intra.example"), A))).answer

            assert [r.rdata for r in answer.chain] == [to_wire("www.example")]
            assert addresses_of(answer.final) == ("192.0.2.1",)
            await asking.close()

    run(story())


def test_local_aliases_in_a_circle_end(tmp_path: Path) -> None:
    records = [
        {"name": "a.example", "type": "CNAME", "value": "b.example"},
        {"name": "b.example", "type": "CNAME", "value": "a.example"},
    ]

    async def story() -> None:
        async with world(tmp_path, local_records=records) as it:
            assert (await it.ask("a.example")).rcode() == 2

    run(story())


def test_a_forward_zone_may_hold_private_reverse_names() -> None:
    async def story() -> None:
        async with running(FakeUpstream()) as fake:
            fake.add("1.0.0.10.in-addr.arpa. 60 IN PTR printer.school.example.")
            zone = ForwardZone("10.in-addr.arpa", (UpstreamServer(Endpoint("127.0.0.1", fake.port)),))
            asking = Asking(Plan(forward_zones=(zone,), cache=CachePlan()))
            answer = (await asking.find(Asked(to_wire("1.0.0.10.in-addr.arpa"), 12))).answer

            assert [r.rdata for r in answer.final] == [to_wire("printer.school.example")]
            await asking.close()

    run(story())
