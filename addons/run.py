"""What is one worker of the proxy? The front door, the addons behind it, and mitmproxy's master for both."""

import asyncio
import logging
import socket
from pathlib import Path

from mitmproxy.addons.proxyserver import Proxyserver

from addons.chain import Neighbours, front_door, gateway_addons
from addons.embedding import embedded
from addons.handed_on import HandedOn
from addons.leaving import Leaving
from proxy.frontdoor.listening import OriginalDestination, original_destination
from proxy.pinned import CertificateRefusals

log = logging.getLogger(__name__)

SAVE_EVERY_S = 5.0


class Proxy:
    """One worker of the inspecting proxy, for one event loop.

    authority    PEM file with the CA's key and certificate
    trust        PEM file of all authorities believed upstream; None: the public ones
    original     tells where a redirected client was going
    """

    def __init__(
        self,
        neighbours: Neighbours,
        *,
        authority: Path,
        trust: Path | None = None,
        original: OriginalDestination = original_destination,
    ) -> None:
        self._refused: CertificateRefusals = neighbours.refused
        proxyserver, self._leaving = Proxyserver(), Leaving()
        self.door = front_door(neighbours, original)
        addons = gateway_addons(neighbours, self.door, proxyserver, self._leaving)
        self._master = embedded(proxyserver, addons, authority, trust)
        self.connections = proxyserver.connections
        self._handed_on = HandedOn(self._master, proxyserver)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(
        self, explicit: socket.socket | None, transparent: tuple[socket.socket, ...] = ()
    ) -> None:
        """Begin to serve on listening sockets, which are closed again by `stop`."""
        self._tasks = [asyncio.create_task(self._master.run()), asyncio.create_task(self._save())]
        self.door.open(asyncio.get_running_loop(), self._handed_on)
        if explicit is not None:
            self.door.explicit(explicit)
        for listener in transparent:
            self.door.transparent(listener)

    async def stop(self, grace_s: float = 5.0) -> None:
        """Accept nobody any more, give open connections some time to end, then close them.

        Each answer that is still given says that its connection closes.
        """
        self._leaving.begin()
        self.door.close()
        await self.door.drained(grace_s)
        self.door.drop_all()
        await self.door.drained(1.0)
        self.door.shut()
        self._master.should_exit.set()
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._write_refusals()

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            self._write_refusals()

    def _write_refusals(self) -> None:
        try:
            self._refused.save()
        except OSError as error:
            log.error("the table of refused certificates cannot be written: %s", error)
