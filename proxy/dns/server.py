"""Where does a resolver worker listen? Every configured address, over UDP and TCP."""

import asyncio

from proxy.dns.odd_questions import OddQuestions
from proxy.dns.plan import Endpoint, Plan
from proxy.dns.resolver import Resolver
from proxy.dns.server_tcp import TcpServer
from proxy.dns.server_udp import UdpServer
from proxy.dns.service import Service
from proxy.dns.telling import Telling
from proxy.gateway import Gateway

GRACE_S = 2.0
FREE_PORT_TRIES = 20


class DnsServer:
    """A resolver worker's sockets.

    Making it opens the UDP sockets and the TCP sockets and may raise OSError; a port of 0 takes a free
    one, the same for both transports.

    odd       where the workers of a gateway tell each other of questions that may carry something
    telling   writes down for the proxy what was answered to whom
    """

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        plan: Plan,
        odd: OddQuestions | None = None,
        telling: Telling | None = None,
    ) -> None:
        self.service = Service(gateway, resolver, plan, odd, telling)
        self._resolver = resolver
        self._stopped = False
        self._udp: list[UdpServer] = []
        self._tcp: list[TcpServer] = []
        for endpoint in plan.listen:
            udp, tcp = self._pair(endpoint, plan.max_tcp)
            self._udp.append(udp)
            self._tcp.append(tcp)

    def _pair(self, endpoint: Endpoint, max_tcp: int) -> tuple[UdpServer, TcpServer]:
        """Open both transports of an endpoint; when a free UDP port is taken for TCP, another serves."""
        for _ in range(FREE_PORT_TRIES if endpoint.port == 0 else 0):
            udp = UdpServer(self.service, endpoint)
            try:
                return udp, TcpServer(self.service, udp.endpoint, max_tcp)
            except OSError:
                udp.close()
        udp = UdpServer(self.service, endpoint)
        try:
            return udp, TcpServer(self.service, udp.endpoint, max_tcp)
        except OSError:
            udp.close()
            raise

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where it listens, ports filled in."""
        return tuple(udp.endpoint for udp in self._udp)

    async def start(self) -> None:
        """Begin to answer."""
        for udp in self._udp:
            udp.start()
        for tcp in self._tcp:
            await tcp.start()

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Finish what is under way, for at most the grace in seconds, and close everything."""
        if self._stopped:
            return
        self._stopped = True
        await asyncio.gather(
            *(udp.stop(grace_s) for udp in self._udp), *(tcp.stop(grace_s) for tcp in self._tcp)
        )
        await self._resolver.close()
