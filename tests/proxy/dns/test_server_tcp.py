"""How do queries come over TCP?"""

import asyncio
from pathlib import Path

import dns.asyncquery
import dns.message

import policy_gateway
from dns_world import run, world

WWW = ("www.example. 300 IN A 192.0.2.1",)


def test_several_queries_on_one_connection_are_answered_as_they_are_ready(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({"games.example": ["games"]}), WWW) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            slow = dns.message.make_query("www.example", "A", id=1).to_wire()
            quick = dns.message.make_query("games.example", "A", id=2).to_wire()
            writer.write(b"".join(len(one).to_bytes(2) + one for one in (slow, quick)))
            writer.write_eof()
            found = []
            for _ in range(2):
                length = int.from_bytes(await reader.readexactly(2))
                found.append(dns.message.from_wire(await reader.readexactly(length)).id)

            assert found == [2, 1]
            assert await reader.read() == b""
            writer.close()

    run(story())


def test_a_connection_without_whole_queries_is_closed(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path) as it:
            for tcp in it.server._tcp:
                tcp._idle_s = 0.1
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            writer.write(b"\x00\x40half")

            assert await reader.read() == b""
            writer.close()

    run(story())


def test_only_so_many_connections_are_open(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW, max_tcp=3) as it:
            held = [await asyncio.open_connection("127.0.0.1", it.port) for _ in range(6)]
            query = dns.message.make_query("www.example", "A").to_wire()
            served = 0
            for reader, writer in held:
                writer.write(len(query).to_bytes(2) + query)
                try:
                    await reader.readexactly(2)
                    served += 1
                except (EOFError, ConnectionError):
                    pass
                writer.close()

            assert served == 3

    run(story())
