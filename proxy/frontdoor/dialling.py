"""Which address is dialled for a name? Exactly one that the resolver judged for this very asker.

Gates ask `Dialling.find` before they let anything go. What it finds is approved in the session, and
nothing else is ever dialled.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from time import monotonic
from typing import Protocol

from proxy.decision.names import is_address
from proxy.decision.request import Trait
from proxy.decision.values import quickly_made
from proxy.decision.verdict import Action, Verdict
from proxy.frontdoor.attempts import tls_attempt
from proxy.frontdoor.destinations import Destinations, embedded
from proxy.frontdoor.sessions import HostPort, Session, soonest
from proxy.gateway import Gateway
from proxy.judgement import Change

AVOID_S = 30.0
MAX_AVOIDED = 1_000
MAX_HELD_S = 30.0
MAX_HELD = 20_000
UNTOLD = timedelta(seconds=30)


class Looked(Protocol):
    """What the resolver says about a name: addresses in order, the binding verdict, or an error."""

    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def error(self) -> str | None: ...
    @property
    def holds_s(self) -> int: ...
    @property
    def until(self) -> datetime | None: ...


class Resolver(Protocol):
    """The part of proxy.dns.resolver.Resolver that dialling needs."""

    async def lookup(self, client: str, host: str, login: str | None = None) -> Looked: ...


@quickly_made
@dataclass(frozen=True, slots=True)
class Found:
    """Where to dial.

    address    judged and approved, or None
    verdict    the resolver's verdict when it forbids the name, an alias or an address behind it
    refusal    why the address may not be dialled
    error      why there is no address
    until      when a verdict on the name, an alias or an address behind it may first change
    """

    address: HostPort | None = None
    verdict: Verdict | None = None
    refusal: str = ""
    error: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Which of a name's addresses may be dialled.

    expires   when the addresses have to be asked for again, in monotonic seconds
    until     when a verdict on what stands behind the name may first change
    found     what `find` says of each of them
    """

    expires: float
    until: datetime | None
    destinations: Destinations
    usable: tuple[HostPort, ...]
    found: tuple[Found, ...]

    @classmethod
    def of(
        cls, expires: float, until: datetime | None, destinations: Destinations, usable: tuple[HostPort, ...]
    ) -> "Held":
        """What is known of these addresses."""
        found = tuple(Found(address, until=until) for address in usable)
        return cls(expires, until, destinations, usable, found)


class Dialling:
    """Finds addresses.

    destinations    gives what may be dialled under the settings in force
    clock           monotonic, in seconds
    """

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        destinations: Callable[[], Destinations],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._gateway = gateway
        self._resolver = resolver
        self._destinations = destinations
        self._clock = clock
        self._failed: dict[HostPort, float] = {}
        self._held: dict[tuple[Hashable, str, int], Held] = {}
        self._by_asker: dict[tuple[str, str | None, str, int], Held] = {}
        self._swaps = 0
        gateway.on_swap.append(self._swapped)

    async def find(self, session: Session, host: str, port: int) -> Found:
        """Find and approve the address to dial for a canonical host.

        Where the client's packets were going to one of the answers, it is that one; otherwise one
        that this client already reached, otherwise the first that has not just failed.
        """
        known = self.known(session, host, port)
        if known is not None:
            return known
        key, swaps = self._key(session, host, port), self._swaps
        looked = await self._resolver.lookup(session.client, host, session.login)
        if looked.verdict.action is Action.BLOCK:
            return Found(verdict=looked.verdict)
        if not looked.addresses:
            return Found(error=looked.error or "its name has no address")
        usable, refusal = self._usable(host, port, looked.addresses)
        if not usable:
            return Found(refusal=refusal)
        if looked.holds_s > 0 and swaps == self._swaps:
            expires = self._clock() + min(looked.holds_s, MAX_HELD_S)
            self._hold(key, Held.of(expires, looked.until, self._destinations(), usable))
        return self._chosen(session, usable, looked.until)

    def known(self, session: Session, host: str, port: int) -> Found | None:
        """What `find` would find without asking anybody; None when the resolver has to be asked.

        The resolver's answers for one view are the same for all who share it, and hold for their TTL.
        """
        held = self._fresh(session, host, port)
        if held is None:
            return self._literal(session, host, port) if is_address(host) else None
        return held.found[held.usable.index(self.choose(session, held.usable))]

    def another(self, session: Session, host: str, port: int) -> Found | None:
        """An address of a name, judged and approved, that has not failed lately; None when there is none."""
        held = None if is_address(host) else self._fresh(session, host, port)
        if held is None:
            return None
        for address in held.usable:
            if self._failed.get(address, 0.0) <= self._clock():
                session.approve(address)
                return Found(address, until=held.until)
        return None

    def _fresh(self, session: Session, host: str, port: int) -> Held | None:
        now, asker = self._clock(), (session.client, session.login, host, port)
        held = self._by_asker.get(asker)
        if held is None or held.expires <= now:
            held = self._held.get(self._key(session, host, port))
            if held is None or held.expires <= now:
                return None
            if len(self._by_asker) >= MAX_HELD:
                self._by_asker.clear()
            self._by_asker[asker] = held
        if held.destinations is not self._destinations():
            return None
        if held.until is not None and held.until <= self._gateway.now():
            return None
        return held

    def held(self, session: Session, host: str, port: int) -> Held | None:
        """What is known for a name, be it of late or of a while ago."""
        return None if is_address(host) else self._held.get(self._key(session, host, port))

    def choose(self, session: Session, usable: tuple[HostPort, ...]) -> HostPort:
        """The best of several judged addresses, approved."""
        chosen = usable[0] if len(usable) == 1 else self._best(session, usable)
        session.approve(chosen)
        return chosen

    def is_opened(self, address: str) -> bool:
        """Say whether an address is no public one, and a setting opens it."""
        inner = embedded(ip_address(address))
        return not inner.is_global and self._destinations().refusal(address, 0, address) is None

    def failed(self, session: Session | None, address: HostPort) -> None:
        """Prefer other addresses of a name to this one, which did not answer, for half a minute."""
        if session is not None:
            session.approved.pop(address, None)
        if len(self._failed) >= MAX_AVOIDED:
            self._failed.clear()
        self._failed[address] = self._clock() + AVOID_S

    async def behind(self, session: Session, host: str) -> tuple[bool, datetime | None]:
        """Say whether what stands behind a name is forbidden to this client by now, and when to ask again.

        A name whose addresses cannot be found says nothing of what stood behind it: that is asked soon.
        """
        if not host:
            return False, None
        if is_address(host):
            verdict = self._inner(session, host)
            return (False, None) if verdict is None else (verdict.action is Action.BLOCK, verdict.until)
        looked = await self._resolver.lookup(session.client, host, session.login)
        again = None if looked.addresses else self._gateway.now() + UNTOLD
        return looked.verdict.action is Action.BLOCK, soonest(looked.until, again)

    def _literal(self, session: Session, host: str, port: int) -> Found:
        """An address needs no resolver; the IPv4 address that it may stand for is judged as well."""
        verdict = self._inner(session, host)
        if verdict is not None and verdict.action is Action.BLOCK:
            return Found(verdict=verdict)
        usable, refusal = self._usable(host, port, (host,))
        if not usable:
            return Found(refusal=refusal)
        return self._chosen(session, usable, None if verdict is None else verdict.until)

    def _inner(self, session: Session, address: str) -> Verdict | None:
        """The verdict on the IPv4 address that an address stands for; None where it stands for itself."""
        inner = str(embedded(ip_address(address)))
        if inner == address:
            return None
        return self._gateway.judge(tls_attempt(session, inner, frozenset({Trait.FINAL_ADDRESS}))).verdict

    def _usable(self, host: str, port: int, addresses: tuple[str, ...]) -> tuple[tuple[HostPort, ...], str]:
        """The addresses that may be dialled, and why the first of the others may not."""
        destinations, policy = self._destinations(), self._gateway.policy
        pages = policy.gateway_names if policy else ()
        refusal, usable = "", []
        for address in addresses:
            why = destinations.refusal(address, port, host, pages)
            if why is None:
                usable.append((address, port))
            else:
                refusal = refusal or why
        return tuple(usable), refusal

    def _chosen(self, session: Session, usable: tuple[HostPort, ...], until: datetime | None) -> Found:
        return Found(address=self.choose(session, usable), until=until)

    def _best(self, session: Session, usable: tuple[HostPort, ...]) -> HostPort:
        if self._failed:
            return min(usable, key=lambda address: self._rank(session, address))
        if session.destination in usable:
            return session.destination
        approved = session.approved
        for address in usable:  # a generator would cost as much again
            if address in approved:
                return address
        return usable[0]

    def _rank(self, session: Session, address: HostPort) -> tuple[bool, bool, bool]:
        return (
            address != session.destination,
            address not in session.approved,
            self._failed.get(address, 0.0) > self._clock(),
        )

    def _key(self, session: Session, host: str, port: int) -> tuple[Hashable, str, int]:
        return self._gateway.standing(session.client, session.login).view.key, host, port

    def _hold(self, key: tuple[Hashable, str, int], held: Held) -> None:
        if len(self._held) >= MAX_HELD:
            self._held.clear()
        self._held[key] = held

    def _swapped(self, _: Change) -> None:
        self._swaps += 1
        self._held.clear()
        self._by_asker.clear()
