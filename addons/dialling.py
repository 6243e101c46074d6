"""Which address is dialled for a name? Exactly one that the resolver judged for this very asker.

Gates ask `Dialling.find` before they let anything go; the `server_connect` hook refuses every
address that no gate has approved for the connection, so that a way around the gates leads nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from typing import Protocol

from mitmproxy import tls
from mitmproxy.proxy import server_hooks

from addons.destinations import Destinations, embedded
from addons.flows import tls_attempt
from addons.sessions import HostPort, Session, Sessions
from proxy.decision.names import is_address
from proxy.decision.request import Trait
from proxy.decision.verdict import Action, Verdict
from proxy.gateway import Gateway

AVOID_S = 30.0
MAX_AVOIDED = 1_000


class Looked(Protocol):
    """What the resolver says about a name: addresses in order, the binding verdict, or an error."""

    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def error(self) -> str | None: ...


class Resolver(Protocol):
    """The part of proxy.dns.resolver.Resolver that dialling needs."""

    async def lookup(self, client: str, host: str, login: str | None = None) -> Looked: ...


@dataclass(frozen=True, slots=True)
class Found:
    """Where to dial.

    address    judged and approved, or None
    verdict    the resolver's verdict when it forbids the name, an alias or an address behind it
    refusal    why the address may not be dialled
    error      why there is no address
    """

    address: HostPort | None = None
    verdict: Verdict | None = None
    refusal: str = ""
    error: str = ""


class Dialling:
    """Finds addresses, and guards the door they leave by.

    destinations    gives what may be dialled under the settings in force
    """

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        sessions: Sessions,
        destinations: Callable[[], Destinations],
    ) -> None:
        self._gateway = gateway
        self._resolver = resolver
        self._sessions = sessions
        self._destinations = destinations
        self._failed: dict[HostPort, float] = {}

    async def find(self, session: Session, host: str, port: int) -> Found:
        """Find and approve the address to dial for a canonical host.

        Where the client's packets were going to one of the answers, it is that one; otherwise one
        that this client already reached, otherwise the first that has not just failed.
        """
        if is_address(host):
            return self._checked(session, host, port, self._literal(session, host))
        looked = await self._resolver.lookup(session.client, host, session.login)
        if looked.verdict.action is Action.BLOCK:
            return Found(verdict=looked.verdict)
        if not looked.addresses:
            return Found(error=looked.error or "its name has no address")
        return self._checked(session, host, port, Found(), looked.addresses)

    def is_opened(self, address: str) -> bool:
        """Say whether an address is no public one, and a setting opens it."""
        inner = embedded(ip_address(address))
        return not inner.is_global and self._destinations().refusal(address, 0, address) is None

    def _literal(self, session: Session, host: str) -> Found:
        """An address needs no resolver; the IPv4 address that it may stand for is judged as well."""
        inner = str(embedded(ip_address(host)))
        if inner == host:
            return Found()
        attempt = tls_attempt(session, inner, frozenset({Trait.FINAL_ADDRESS}))
        verdict = self._gateway.judge(attempt).verdict
        return Found(verdict=verdict) if verdict.action is Action.BLOCK else Found()

    def _checked(
        self, session: Session, host: str, port: int, found: Found, addresses: tuple[str, ...] = ()
    ) -> Found:
        if found.verdict is not None:
            return found
        destinations, policy = self._destinations(), self._gateway.policy
        pages = policy.gateway_names if policy else ()
        refusal, usable = "", []
        for address in addresses or (host,):
            why = destinations.refusal(address, port, host, pages)
            if why is None:
                usable.append((address, port))
            else:
                refusal = refusal or why
        if not usable:
            return Found(refusal=refusal)
        chosen = min(usable, key=lambda address: self._rank(session, address))
        session.approve(chosen)
        return Found(address=chosen)

    def _rank(self, session: Session, address: HostPort) -> tuple[bool, bool, bool]:
        return (
            address != session.destination,
            address not in session.approved,
            self._failed.get(address, 0.0) > monotonic(),
        )

    # ---- hooks ----------------------------------------------------------------------------------

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Refuse every address that no gate has approved for this client's connection."""
        address, session = data.server.address, self._sessions.get(data.client.id)
        if address is None or session is None or (address[0], address[1]) not in session.approved:
            data.server.error = "the filter has not judged this address"

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Prefer other addresses of the name for half a minute."""
        address = data.server.address
        if address is None:
            return
        session = self._sessions.get(data.client.id)
        if session is not None:
            session.approved.pop((address[0], address[1]), None)
        if len(self._failed) >= MAX_AVOIDED:
            self._failed.clear()
        self._failed[address[0], address[1]] = monotonic() + AVOID_S

    def tls_start_server(self, data: tls.TlsData) -> None:
        """Let the server prove the name that was judged, not the address that was dialled."""
        data.conn.sni = self._sessions.of(data.context.client.id).server_name
