"""Does a worker answer over UDP and TCP, on IPv4 and IPv6, to whom it should, as fast as it may?"""

import asyncio
import socket
from pathlib import Path

import dns.asyncquery
import dns.message
import pytest

from dns_world import answers, run, world
from proxy.dns.server import DnsServer

pytestmark = pytest.mark.usefixtures("no_repeats")

WWW = ("www.example. 300 IN A 192.0.2.1",)


@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_both_transports_and_families_are_served(tmp_path: Path, client: str, tcp: bool) -> None:
    async def story() -> None:
        listen = ["127.0.0.1:0"] if "." in client else ["[::1]:0"]
        async with world(tmp_path, zone=WWW, listen=listen) as it:
            for _ in range(2):
                assert answers(await it.ask("www.example", client=client, tcp=tcp)) == [
                    "www.example. A 192.0.2.1"
                ]

    run(story())


def test_strangers_are_refused_and_a_flood_of_them_is_ignored(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            message = await it.ask("www.example", client="127.0.2.1", use_edns=False)
            assert (message.rcode(), message.answer) == (5, [])
            replies = await flood(it.port, "127.0.2.1", 200)
            assert 0 < replies < 150
            with pytest.raises((ConnectionError, EOFError)):
                await it.ask("www.example", client="127.0.2.1", tcp=True)
            assert it.fake.seen == []
            assert "127.0.2.1" not in it.server.service.clients.known

    run(story())


async def flood(port: int, client: str, count: int) -> int:
    """Send queries at once and count the answers."""
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind((client, 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        replies = 0
        for n in range(count):
            query = dns.message.make_query("www.example", "A", id=n).to_wire()
            await loop.sock_sendto(sock, query, ("127.0.0.1", port))
        silences = 0
        while silences < 2:  # one may be the machine's own, while which nobody could answer
            try:
                async with asyncio.timeout(0.3):
                    await loop.sock_recv(sock, 4096)
            except TimeoutError:
                silences += 1
            else:
                replies, silences = replies + 1, 0
        return replies


def test_a_client_that_asks_too_fast_is_not_answered_and_others_are(tmp_path: Path) -> None:
    async def story() -> None:
        limit = {"per_client_qps": 1, "burst": 20}
        async with world(tmp_path, zone=WWW, rate_limit=limit) as it:
            # One more for each second that it takes.
            assert 20 <= await flood(it.port, "127.0.0.1", 100) < 40
            assert (await it.ask("www.example", client="127.0.1.4")).rcode() == 0

    run(story())


def test_a_forwarder_has_a_limit_of_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(
            tmp_path,
            zone=WWW,
            rate_limit={"per_client_qps": 1, "burst": 20},
            forwarders=[{"addresses": "127.0.0.1/32", "qps": 1000, "group": "staff"}],
        ) as it:
            assert await flood(it.port, "127.0.0.1", 100) == 100

    run(story())


def test_stopping_finishes_what_is_under_way(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            server: DnsServer = it.server
            asking = asyncio.ensure_future(it.ask("www.example"))
            while not it.fake.seen:
                await asyncio.sleep(0)
            await server.stop()

            assert answers(await asking) == ["www.example. A 192.0.2.1"]

    run(story())
