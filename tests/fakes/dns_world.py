"""A resolver on loopback with one fake upstream behind it, and dnspython as the client that asks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import dns.asyncquery
import dns.edns
import dns.message
import dns.rdatatype

import fake_upstream
import policies
import policy_gateway
from known_ways import delivered
from proxy.decision.policy import Policy
from proxy.dns.forwarding import Forwarding
from proxy.dns.labels import to_wire
from proxy.dns.odd_questions import OddQuestions
from proxy.dns.pending import Pending, Result
from proxy.dns.plan import Endpoint, Plan, Protocol, UpstreamServer
from proxy.dns.records import A, Answer, Asked, addresses_of
from proxy.dns.resolver import Looked, Resolver
from proxy.dns.server import DnsServer
from proxy.dns.telling import Telling
from proxy.gateway import Gateway
from proxy.journal.spool import Spool

WWW = Asked(to_wire("www.example"), A)


@dataclass
class World:
    """What a test talks to.

    events   everything recorded so far, after a flush
    """

    server: DnsServer
    resolver: Resolver
    gateway: Gateway
    fake: fake_upstream.FakeUpstream
    spool: Spool | None

    @property
    def port(self) -> int:
        return self.server.endpoints[0].port

    async def ask(
        self, name: str, type_: str = "A", *, client: str = "127.0.0.1", tcp: bool = False, **more: Any
    ) -> dns.message.Message:
        """Ask with EDNS unless `use_edns=False`, check id and question, and return the answer."""
        query = dns.message.make_query(name, type_, **({"use_edns": 0, "payload": 1232} | more))
        send = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
        where = "127.0.0.1" if "." in client else "::1"
        return await send(query, where, port=self.port, source=client, timeout=60)

    async def lookup(self, host: str, client: str = "127.0.0.1") -> Looked:
        return await self.resolver.lookup(client, host)


@asynccontextmanager
async def world(
    state: Path,
    policy: Policy | None = None,
    zone: tuple[str, ...] = (),
    *,
    fake: fake_upstream.FakeUpstream | None = None,
    clock: Callable[[], datetime] = lambda: policies.school_time("10:40"),
    records: bool = False,
    knows: bool = False,
    odd: OddQuestions | None = None,
    telling: Telling | None = None,
    **dns: Any,
) -> AsyncIterator[World]:
    """Start all of it; `dns` are settings of the resolver.

    knows     the ways around the filter, as they are delivered
    odd       shared with other workers
    telling   what the proxy reads
    """
    fake = fake or fake_upstream.FakeUpstream()
    for line in zone:
        fake.add(line)
    async with fake_upstream.running(fake):
        values = {"upstreams": [{"address": "127.0.0.1", "port": fake.port}], "timeout_ms": 2000}
        settings = policy_gateway.settings(**(values | dns))
        spool = Spool(state / "spool", worker="dns-0", gateway="gate") if records else None
        gateway = policy_gateway.gateway(
            state, policy or policy_gateway.policy(), settings, clock=clock, spool=spool
        )
        gateway.knowledge = delivered() if knows else gateway.knowledge
        resolver = Resolver.from_settings(gateway, settings)
        server = DnsServer(gateway, resolver, resolver.plan, odd, telling)
        await server.start()
        try:
            yield World(server, resolver, gateway, fake, spool)
        finally:
            await server.stop()
            if spool is not None:
                spool.close()


def run[T](story: Coroutine[Any, Any, T]) -> T:
    """Run one test's story, for at most half a minute."""

    async def bounded() -> T:
        async with asyncio.timeout(60):
            return await story

    return asyncio.run(bounded())


def answers(message: dns.message.Message) -> list[str]:
    """The answer section as sorted lines without TTLs: `www.example. A 192.0.2.1`."""
    return sorted(
        f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {rdata}"
        for rrset in message.answer
        for rdata in rrset
    )


def errors(message: dns.message.Message) -> list[tuple[int, str]]:
    """The Extended DNS Errors: code and text."""
    return [(int(o.code), o.text or "") for o in message.options if isinstance(o, dns.edns.EDEOption)]


def example_upstream() -> fake_upstream.FakeUpstream:
    """An upstream that knows www.example."""
    made = fake_upstream.FakeUpstream()
    made.add("www.example. 300 IN A 192.0.2.1")
    return made


def upstream_at(port: int, protocol: Protocol = Protocol.UDP, **more: str) -> UpstreamServer:
    return UpstreamServer(Endpoint("127.0.0.1", port), protocol, **more)


def forwarding(*servers: UpstreamServer, timeout_s: float = 2.0, **more: object) -> Forwarding:
    plan = Plan(upstreams=servers, timeout_s=timeout_s, **more)  # type: ignore[arg-type]
    return Forwarding.from_plan(plan, lambda asked, answer: answer)


async def answer_of(asking: Forwarding, asked: Asked = WWW) -> tuple[str, ...]:
    answer: Answer = await asking.ask(asked)
    return addresses_of(answer.final)


class Asker(Pending):
    """Waits without a task; the future gets what comes of it."""

    def __init__(self, asked: Asked) -> None:
        self.key, self.bits = asked.key, asked.do | asked.cd << 1
        self.future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def take(self, result: Result, now: float) -> None:
        self.future.set_result(result)


def begun(asking: Forwarding, asked: Asked) -> asyncio.Future[Result]:
    """Have a question asked without a task."""
    asker = Asker(asked)
    asking.begin(asker, monotonic())
    return asker.future
