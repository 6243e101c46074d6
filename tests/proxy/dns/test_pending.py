"""What does one wait for who asked a question, and what becomes of the datagram that was sent?"""

import asyncio
import socket
from time import monotonic

import dns.message
import dns.rrset
import pytest

from dns_world import WWW, Asker, example_upstream, forwarding, run, upstream_at
from fake_upstream import running
from proxy.dns.errors import UpstreamUnreachable
from proxy.dns.everyday import Everyday
from proxy.dns.records import Answer


def a_reply(query: bytes) -> bytes:
    """An answer with one address, in the query's spelling."""
    reply = dns.message.make_response(dns.message.from_wire(query))
    reply.answer = [dns.rrset.from_text(reply.question[0].name, 60, "IN", "A", "192.0.2.1")]
    wire = reply.to_wire()
    return wire[:12] + query[12 : len(query) - 11] + wire[len(query) - 11 :]


def test_a_question_that_was_lost_is_sent_again_and_may_be_answered_late() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
            upstream.bind(("127.0.0.1", 0))
            upstream.setblocking(False)
            asking = forwarding(upstream_at(upstream.getsockname()[1]), timeout_s=8.0)
            for answered in range(3):
                asker = Asker(WWW)
                asking.begin(asker, began := monotonic())
                sent = [asker.notice(began + after) for after in (0.3, 0.5, 1.1, 1.3, 2.9, 3.9)]
                asked = [await loop.sock_recvfrom(upstream, 512) for _ in range(3)]
                ticket, again = asker.ticket, asker.again
                assert ticket is not None
                port_of = [one[0] for one in (ticket, *again) if one is not None]
                query, peer = asked[answered]
                await loop.sock_sendto(upstream, a_reply(query), peer)

                assert isinstance(await asker.future, Everyday)
                assert sent == [False, True, False, True, False, False]
                assert len({query[:2] for query, _ in asked}) == 3
                assert len({query[12:-11] for query, _ in asked}) > 1, "each with a spelling of its own"
                assert len(port_of) == 3
                assert not any(port.waiting for port in port_of), "nothing is awaited any more"
            await asking.close()

    run(story())


def test_what_fails_with_its_repeats_goes_on_once() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=8.0)
            asker = Asker(WWW)
            asking.begin(asker, began := monotonic())
            assert asker.notice(began + 0.5)
            while len(upstream.seen) < 2:
                await asyncio.sleep(0.001)
            upstream.silent = False
            asker.failed(UpstreamUnreachable("a first time"))
            asker.failed(UpstreamUnreachable("and the repeat"))

            assert isinstance(await asker.future, Answer)
            assert len(upstream.seen) == 3
            await asking.close()

    run(story())


def test_an_upstream_that_answers_late_is_given_more_time_until_a_repeat_helps() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
            upstream.bind(("127.0.0.1", 0))
            upstream.setblocking(False)
            asking = forwarding(upstream_at(upstream.getsockname()[1]), timeout_s=8.0)
            patience = []
            for answered in (0, 0, 1):
                asker = Asker(WWW)
                asking.begin(asker, began := monotonic() - 1.7)  # it was sent so long ago
                assert asker.notice(began + 1.7)
                asked = [await loop.sock_recvfrom(upstream, 512) for _ in range(2)]
                await loop.sock_sendto(upstream, a_reply(asked[answered][0]), asked[answered][1])
                assert isinstance(await asker.future, Everyday)
                assert asker.first is not None
                patience.append(asker.first.repeat_s)
            await asking.close()

            assert patience == [1.6, 1.6, 0.4]

    run(story())


def test_one_that_failed_is_not_asked_more_than_it_must_be() -> None:
    async def story() -> None:
        async with running(example_upstream()) as silent, running(example_upstream()) as other:
            silent.silent = True
            asking = forwarding(upstream_at(silent.port), upstream_at(other.port), timeout_s=8.0)
            asker = Asker(WWW)
            asking.begin(asker, monotonic() - 4.0)
            asker.notice(monotonic())
            assert isinstance(await asker.future, Answer)
            asker = Asker(WWW)
            asking.begin(asker, began := monotonic())
            assert asker.first is not None, "it failed once, and is asked still"
            assert not asker.notice(began + 0.5)
            await asking.close()

    run(story())


def test_it_is_forgotten_that_one_name_was_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.dns.upstream.PATIENT_S", 0.0)

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=8.0)
            asker = Asker(WWW)
            asking.begin(asker, monotonic())
            assert asker.first is not None
            assert asker.ticket is not None
            asker.ticket[0].waiting.pop(asker.ticket[1])  # as when the answer to the first has come
            asker.first.learn(asker.ticket, 1.2)
            assert asker.first.repeat_s == 0.4
            await asking.close()

    run(story())


def test_repeats_wait_where_many_are_late() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=8.0)
            asker = Asker(WWW)
            asking.begin(asker, began := monotonic())

            assert not asker.notice(began + 0.5, may_repeat=False)
            assert asker.notice(began + 0.5)
            await asking.close()

    run(story())
