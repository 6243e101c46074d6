"""How is mitmproxy embedded? A master of our own with the few addons that filtering needs."""

import asyncio
import logging
import socket
from pathlib import Path

from mitmproxy import options
from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.platform.linux import original_addr

from addons.certificates import SchoolCertificates
from addons.chain import Neighbours, gateway_addons
from addons.listening import Listening, OriginalDestination
from proxy.pinned import CertificateRefusals

log = logging.getLogger(__name__)

SAVE_EVERY_S = 5.0
IDLE_TIMEOUT_S = 600


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
        original: OriginalDestination = original_addr,
    ) -> None:
        logging.getLogger("mitmproxy").setLevel(logging.ERROR)  # below, it writes down visited hosts
        self._refused: CertificateRefusals = neighbours.refused
        self._master = Master(_options(authority.parent, trust))
        proxyserver = Proxyserver()
        self._master.addons.add(
            Core(),
            proxyserver,
            *gateway_addons(neighbours, proxyserver),
            SchoolCertificates(authority),
            DisableH2C(),
        )
        self._master.options.update(connection_strategy="lazy")
        self.listening = Listening(self._master, proxyserver, original)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(
        self, explicit: socket.socket | None, transparent: tuple[socket.socket, ...] = ()
    ) -> None:
        """Begin to serve on listening sockets, which are closed again by `stop`."""
        self._tasks = [asyncio.create_task(self._master.run()), asyncio.create_task(self._save())]
        if explicit is not None:
            await self.listening.explicit(explicit)
        for listener in transparent:
            await self.listening.transparent(listener)

    async def stop(self, grace_s: float = 5.0) -> None:
        """Accept nobody any more, give open connections some time to end, then close them."""
        self.listening.close()
        await self.listening.drained(grace_s)
        self.listening.drop_all()
        await self.listening.drained(1.0)
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


def _options(directory: Path, trust: Path | None) -> options.Options:
    """mitmproxy's options. No server of its own: `Listening` accepts; no raw TCP, no HTTP/3."""
    return options.Options(
        server=False,
        confdir=str(directory),
        rawtcp=False,
        http3=False,
        upstream_cert=False,
        tcp_timeout=IDLE_TIMEOUT_S,
        ssl_insecure=False,
        ssl_verify_upstream_trusted_ca=str(trust) if trust else None,
    )
