"""A proxy that runs as a process of its own: where may it listen, and when does it?"""

import asyncio

from free_ports import free_ports


def free_port() -> int:
    return free_ports(1)


async def when_open(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
