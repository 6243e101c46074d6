"""Which upstream is asked, what if it fails, and who waits for the same answer already?"""

import asyncio

import dns.message
import pytest

from dns_world import WWW, answer_of, example_upstream, forwarding, run, upstream_at
from fake_upstream import running
from proxy.dns.errors import UpstreamOverload, UpstreamTimeout, UpstreamUnreachable
from proxy.dns.forwarding import Forwarding
from proxy.dns.labels import to_wire
from proxy.dns.plan import ForwardZone, Plan
from proxy.dns.records import A, Asked
from proxy.dns.upstream_udp import UdpExchange

pytestmark = pytest.mark.usefixtures("no_repeats")


@pytest.mark.parametrize(
    "habit",
    [
        pytest.param({"lower_cases": True}, id="an upstream that breaks 0x20"),
        pytest.param({"truncates": True}, id="an answer cut short"),
    ],
)
def test_tcp_is_tried_when_udp_is_not_good_enough(habit: dict[str, bool]) -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            for name, value in habit.items():
                setattr(upstream, name, value)
            asking = forwarding(upstream_at(upstream.port))

            assert await answer_of(asking) == ("192.0.2.1",)
            assert [one.transport for one in upstream.seen] == ["udp", "tcp"]
            await asking.close()

    run(story())


def test_a_dead_upstream_is_left_for_the_next_and_then_rests() -> None:
    async def story() -> None:
        async with running(example_upstream()) as dead, running(example_upstream()) as alive:
            dead.silent = True
            asking = forwarding(upstream_at(dead.port), upstream_at(alive.port), timeout_s=1.0)
            for n in range(4):
                await asking.ask(Asked(to_wire(f"n{n}.example"), A))

            assert len(alive.seen) == 4
            assert len(dead.seen) == 2
            await asking.close()

    run(story())


@pytest.mark.parametrize("rcode", [2, 5])
def test_an_upstream_that_declines_is_left_for_the_next(rcode: int) -> None:
    async def story() -> None:
        async with running(example_upstream()) as poor, running(example_upstream()) as good:
            poor.rcode = rcode
            asking = forwarding(upstream_at(poor.port), upstream_at(good.port))
            assert await answer_of(asking) == ("192.0.2.1",)
            good.rcode = 2
            assert (await asking.ask(WWW)).rcode == 2
            await asking.close()

    run(story())


def test_silence_everywhere_is_a_time_out_within_the_time_given() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=0.2)
            with pytest.raises(UpstreamTimeout):
                async with asyncio.timeout(20):
                    await asking.ask(WWW)
            assert len(upstream.seen) == 2
            await asking.close()

    run(story())


def test_without_upstreams_nothing_is_reachable() -> None:
    with pytest.raises(UpstreamUnreachable):
        run(forwarding().ask(WWW))


def test_equal_questions_are_asked_once() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            found = await asyncio.gather(*(answer_of(asking) for _ in range(50)))

            assert set(found) == {("192.0.2.1",)}
            assert len(upstream.seen) == 1
            await asking.close()

    run(story())


def test_one_who_gives_up_does_not_take_the_answer_from_the_others() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            first = asyncio.ensure_future(answer_of(asking))
            second = asyncio.ensure_future(answer_of(asking))
            await asyncio.sleep(0)
            first.cancel()

            assert await second == ("192.0.2.1",)
            await asking.close()

    run(story())


def test_no_more_questions_wait_than_the_settings_allow() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=0.2, max_inflight=3)
            asked = [Asked(to_wire(f"n{n}.example"), A) for n in range(5)]
            found = await asyncio.gather(*(asking.ask(one) for one in asked), return_exceptions=True)

            assert [type(one) for one in found].count(UpstreamOverload) == 2
            await asking.close()

    run(story())


def test_a_zone_s_own_resolvers_get_its_questions() -> None:
    async def story() -> None:
        async with running(example_upstream()) as public, running(example_upstream()) as own:
            own.add("www.school.example. 60 IN A 10.0.0.1")
            zone = ForwardZone("school.example", (upstream_at(own.port),))
            asking = forwarding(upstream_at(public.port), forward_zones=(zone,))

            assert await answer_of(asking, Asked(to_wire("www.school.example"), A)) == ("10.0.0.1",)
            assert await answer_of(asking) == ("192.0.2.1",)
            assert (own.names(), public.names()) == (["www.school.example."], ["www.example."])
            await asking.close()

    run(story())


def test_one_question_tries_an_upstream_that_rested_and_the_others_do_not_wait() -> None:
    now = 0.0

    async def story() -> None:
        nonlocal now
        async with running(example_upstream()) as dead, running(example_upstream()) as alive:
            dead.silent = True
            plan = Plan(upstreams=(upstream_at(dead.port), upstream_at(alive.port)), timeout_s=1.0)
            asking = Forwarding.from_plan(plan, lambda asked, answer: answer, lambda: now)
            for n in range(2):
                await asking.ask(Asked(to_wire(f"n{n}.example"), A))
            now = 60.0
            await asyncio.gather(*(asking.ask(Asked(to_wire(f"m{n}.example"), A)) for n in range(20)))

            assert len(dead.seen) == 3
            await asking.close()

    run(story())


def test_the_time_is_for_udp_and_tcp_together(monkeypatch: pytest.MonkeyPatch) -> None:
    over_udp = UdpExchange.ask

    async def late(
        exchange: UdpExchange, head: bytes, question: bytes, tail: bytes, timeout_s: float, repeat_s: float
    ) -> bytes:
        await asyncio.sleep(0.8 * timeout_s)
        return await over_udp(exchange, head, question, tail, timeout_s, repeat_s)

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.truncates = True
            answer = upstream.answer

            def only_udp(data: bytes, transport: str, port: int, connection: int = 0) -> bytes | None:
                return answer(data, transport, port, connection) if transport == "udp" else None

            monkeypatch.setattr(upstream, "answer", only_udp)
            asking = forwarding(upstream_at(upstream.port), timeout_s=2.0)
            with pytest.raises(UpstreamTimeout):
                async with asyncio.timeout(3.4):  # with a time of its own, TCP would end after 3.6 seconds
                    await asking.ask(WWW)
            await asking.close()

    monkeypatch.setattr(UdpExchange, "ask", late)
    run(story())


@pytest.mark.parametrize(("understands", "later"), [(True, True), (False, False)])
def test_edns_is_given_up_only_where_that_helps(understands: bool, later: bool) -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            answer, spoke_edns = upstream.answer, []

            def fussy(data: bytes, transport: str, port: int, connection: int = 0) -> bytes | None:
                edns = dns.message.from_wire(data).edns >= 0
                spoke_edns.append(edns)
                odd = b"odd" in data.lower()
                upstream.rcode = 1 if odd and (edns or understands) else 0
                return answer(data, transport, port, connection)

            upstream.answer = fussy  # type: ignore[method-assign]
            asking = forwarding(upstream_at(upstream.port))
            await asking.ask(Asked(to_wire("odd.example"), A))
            del spoke_edns[:]
            await answer_of(asking)

            assert spoke_edns == [later]
            await asking.close()

    run(story())
