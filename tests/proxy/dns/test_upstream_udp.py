"""How is one question asked over UDP?"""

import asyncio
import errno
import socket

import dns.message
import pytest

from dns_world import answer_of, example_upstream, forwarding, run, upstream_at
from fake_upstream import running
from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import DnsProblem, UpstreamOverload
from proxy.dns.labels import to_wire
from proxy.dns.plan import Endpoint
from proxy.dns.records import A, Asked
from proxy.dns.upstream_udp import UdpExchange, repeat_after

pytestmark = pytest.mark.usefixtures("no_repeats")

WWW_QUESTION = to_wire("www.example") + bytes((0, A, 0, 1))


def test_every_question_has_its_own_port_id_and_spelling() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            names = [f"a-rather-long-label-{n:02}.example" for n in range(40)]
            for name in names:
                await asking.ask(Asked(to_wire(name), A))
            seen = upstream.seen
            await asking.close()

        assert [one.name.lower() for one in seen] == [name + "." for name in names]
        assert len({one.port for one in seen}) == 40
        assert len({one.id for one in seen}) > 35
        assert all(one.name != one.name.lower() for one in seen)
        assert not any(one.has_options for one in seen)

    run(story())


def test_ports_are_not_used_for_long() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            for n in range(1000):
                await asking.ask(Asked(to_wire(f"n{n}.example"), A))
            uses = [one.port for one in upstream.seen]
            await asking.close()

        assert max(uses.count(port) for port in set(uses)) <= 8 * 2

    run(story())


def test_a_query_that_is_not_answered_is_sent_again() -> None:
    def lost(reply: bytes, query: dns.message.Message) -> list[bytes]:
        return [reply] if len(upstreams[0].seen) == 3 else []

    upstreams = [example_upstream()]

    async def story() -> None:
        async with running(upstreams[0]) as upstream:
            upstream.twist = lost
            repeated = metrics.UPSTREAM_QUERIES.bind(f"127.0.0.1:{upstream.port}", "repeated")
            exchange = UdpExchange(Endpoint("127.0.0.1", upstream.port), Dice())
            answer = await exchange.ask(
                b"\x01\x00" + b"\x00\x01" + bytes(6), WWW_QUESTION, b"", 20.0, repeat_s=0.01
            )

            assert dns.message.from_wire(answer).answer
            assert len({one.id for one in upstream.seen}) > 1
            assert len({one.port for one in upstream.seen}) > 1
            assert repeated.value == 2
            exchange.close()

    run(story())


def test_repeats_grow_rarer_and_end() -> None:
    assert [repeat_after(repeats, 0.4) for repeats in range(3)] == pytest.approx([0.4, 1.2, float("inf")])


def test_an_answer_that_is_not_to_our_question_is_ignored() -> None:
    def forged(reply: bytes, query: dns.message.Message) -> list[bytes]:
        wrong_id = bytes((reply[0] ^ 1,)) + reply[1:]
        wrong_name = reply[:13] + b"vvv" + reply[16:]
        return [wrong_id, wrong_name, b"", reply[:12], b"\xff" * 40, reply]

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.twist = forged
            asking = forwarding(upstream_at(upstream.port))

            assert await answer_of(asking) == ("192.0.2.1",)
            assert [one.transport for one in upstream.seen] == ["udp"]
            await asking.close()

    run(story())


def test_a_refused_port_is_noticed_at_once() -> None:
    async def story() -> None:
        async with running(example_upstream()) as gone:
            port = gone.port
        async with running(example_upstream()) as alive:
            asking = forwarding(upstream_at(port), upstream_at(alive.port), timeout_s=20)
            async with asyncio.timeout(8):
                assert await answer_of(asking) == ("192.0.2.1",)
            await asking.close()

    run(story())


def test_want_of_file_descriptors_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_more(*_: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    async def story() -> None:
        monkeypatch.setattr("proxy.dns.upstream_udp.socket.SocketType", no_more)
        with pytest.raises(UpstreamOverload):
            await UdpExchange(Endpoint("127.0.0.1", 9), Dice()).ask(
                bytes(10), b"\x00\x00\x01\x00\x01", b"", 0.1
            )

    run(story())


def test_want_of_file_descriptors_is_no_fault_of_the_upstream(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            exchange = UdpExchange(Endpoint("127.0.0.1", upstream.port), Dice())
            head, question = b"\x01\x00\x00\x01" + bytes(6), to_wire("www.example") + b"\x00\x01\x00\x01"
            await exchange.ask(head, question, b"", timeout_s=2.0)
            asking = forwarding(upstream_at(upstream.port), timeout_s=2.0)
            with monkeypatch.context() as patched:
                patched.setattr("proxy.dns.upstream_udp.socket.SocketType", no_more)
                patched.setattr("proxy.dns.upstream_stream.asyncio.open_connection", no_more)
                await exchange.ask(head, question, b"", timeout_s=2.0)  # by a port that is open
                for _ in range(4):
                    with pytest.raises(UpstreamOverload):
                        await answer_of(asking)
            ports = [one.port for one in upstream.seen]
            assert ports[0] == ports[1]
            assert await answer_of(asking) == ("192.0.2.1",)
            assert [one.transport for one in upstream.seen] == ["udp"] * 3  # it did not have to rest
            exchange.close()
            await asking.close()

    run(story())


def test_a_port_is_closed_when_it_is_some_seconds_old() -> None:
    class Nobody:
        def arrived(self, data: bytes, now: float) -> None: ...
        def failed(self, problem: DnsProblem) -> None: ...

    async def story() -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            exchange = UdpExchange(Endpoint(*server.getsockname()), Dice())
            head, question = b"\x01\x00\x00\x01" + bytes(6), to_wire("www.example") + b"\x00\x01\x00\x01"

            def ports_at(now: float) -> set[int]:
                seen = set()
                for _ in range(70):
                    exchange.give_up(exchange.begin(head, question, b"", Nobody(), now))
                    seen.add(server.recvfrom(512)[1][1])
                return seen

            first, second, later = ports_at(100.0), ports_at(104.9), ports_at(105.1)
            assert first & second
            assert len(later & (first | second)) <= 3  # by chance, of 55,296
            exchange.close()

    run(story())
