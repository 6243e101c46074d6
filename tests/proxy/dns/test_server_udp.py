"""How do datagrams come in and go out?"""

import asyncio
import socket
from pathlib import Path

import dns.asyncquery
import dns.message
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dns_world import answers, run, world
from proxy import metrics
from proxy.dns.clients import Client
from proxy.dns.datagrams import Address
from proxy.dns.plan import Endpoint
from proxy.dns.server_udp import bound_socket

WWW = ("www.example. 300 IN A 192.0.2.1",)


def test_workers_share_an_address() -> None:
    with bound_socket(Endpoint("127.0.0.1", 0), socket.SOCK_DGRAM) as free:
        endpoint = Endpoint("127.0.0.1", free.getsockname()[1])
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with bound_socket(endpoint, kind) as first, bound_socket(endpoint, kind) as second:
            assert first.getsockname() == second.getsockname()


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(OSError, match=r"cannot listen on 192\.0\.2\.1:5300"):
        bound_socket(Endpoint("192.0.2.1", 5300), socket.SOCK_DGRAM)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=100), max_size=30))
def test_hostile_datagrams_leave_no_trace_of_harm(tmp_path: Path, junk: list[bytes]) -> None:
    good = dns.message.make_query("www.example", "A").to_wire()

    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                for data in junk:
                    sock.sendto(data, ("127.0.0.1", it.port))
                    sock.sendto(good[:12] + data, ("127.0.0.1", it.port))
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]

    run(story())


def test_compression_loops_are_answered_with_formerr(tmp_path: Path) -> None:
    loop = b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"

    async def story() -> None:
        async with world(tmp_path) as it:
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                running = asyncio.get_running_loop()
                await running.sock_sendto(sock, loop, ("127.0.0.1", it.port))
                assert (await running.sock_recv(sock, 512))[3] & 15 == 1

    run(story())


@pytest.mark.parametrize(
    ("everywhere", "asked"),
    [pytest.param("0.0.0.0", "127.0.0.77", id="IPv4"), pytest.param("::", "::1", id="IPv6")],
)
def test_an_answer_leaves_from_the_address_that_was_asked(
    tmp_path: Path, everywhere: str, asked: str
) -> None:
    async def story() -> None:
        shown = f"[{everywhere}]:0" if ":" in everywhere else f"{everywhere}:0"
        async with world(tmp_path, zone=WWW, listen=[shown]) as it:
            query = dns.message.make_query("www.example", "A")
            client = "::1" if ":" in asked else "127.0.0.1"
            for _ in range(2):
                message = await dns.asyncquery.udp(query, asked, port=it.port, source=client, timeout=60)
                assert answers(message) == ["www.example. A 192.0.2.1"]

    run(story())


def test_a_fault_before_judging_is_counted_and_the_next_datagram_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            admit, faults = it.server.service.clients.admit, metrics.ERRORS.bind("dns").value

            def broken_for_one(peer: str, now: float, packed: Address | None = None) -> Client | None:
                if peer == "127.0.1.1":
                    raise LookupError
                return admit(peer, now, packed)

            monkeypatch.setattr(it.server.service.clients, "admit", broken_for_one)
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.bind(("127.0.1.1", 0))
                sock.sendto(dns.message.make_query("www.example", "A").to_wire(), ("127.0.0.1", it.port))
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
            assert metrics.ERRORS.bind("dns").value == faults + 1

    run(story())
