"""Who may ask, how fast, and under which view? One row per client address, bounded."""

from collections.abc import Hashable
from ipaddress import ip_address

from proxy.dns.answer_cache import AnswerCache, Answers
from proxy.dns.plan import Forwarders, RateLimit
from proxy.gateway import Gateway
from proxy.journal.codec import ClientTag

MAX_CLIENTS = 20_000
SHARE = 1 / 8  # a device that asks for names whose servers are slow must not keep the others waiting
SHARE_OF_FORWARDER = 1 / 2


class Client:
    """A served client.

    address   canonical, as it is judged and recorded
    answers   finished answers of its view; None after a swap, until it is bound anew
    view_key  key of that view
    tag       who asks, packed for events
    share     what part of the questions under way may be its own
    under_way   how many are
    """

    __slots__ = (
        "_burst", "_qps", "_seen", "_tokens", "address", "answers", "share", "tag", "under_way", "view_key",
    )  # fmt: skip

    def __init__(self, address: str, limit: RateLimit, now: float, share: float = SHARE) -> None:
        self.address = address
        self.share, self.under_way = share, 0
        self.answers: Answers | None = None
        self.view_key: Hashable = None
        self.tag: ClientTag | None = None
        self._qps, self._burst = limit.qps, float(limit.burst)
        self._tokens, self._seen = self._burst, now

    def may_ask(self, now: float) -> bool:
        """Take one query out of the client's allowance; False when it is used up."""
        tokens = self._tokens + (now - self._seen) * self._qps
        self._seen = now
        if tokens > self._burst:
            tokens = self._burst
        if tokens < 1.0:
            self._tokens = tokens
            return False
        self._tokens = tokens - 1.0
        return True


class Clients:
    """The table of clients. Addresses outside the configured networks never enter it, so that a flood
    of foreign addresses cannot push the school's own out."""

    def __init__(
        self,
        gateway: Gateway,
        cache: AnswerCache,
        usual: RateLimit,
        forwarders: Forwarders = (),
        max_clients: int = MAX_CLIENTS,
    ) -> None:
        self._gateway = gateway
        self._cache = cache
        self._usual, self._forwarders = usual, forwarders
        self._max_clients = max_clients
        self.known: dict[str, Client] = {}

    def admit(self, peer: str, now: float) -> Client | None:
        """Return the row of a peer address, bound to its view; None when it is not to be served."""
        client = self.known.get(peer)
        if client is None:
            address = canonical(peer)
            if not self._gateway.allows_client(address):
                return None
            if len(self.known) >= self._max_clients:
                del self.known[next(iter(self.known))]
            limit, share = self._limit(address)
            client = self.known[peer] = Client(address, limit, now, share)
        if client.answers is None:
            if not self._gateway.allows_client(client.address):
                del self.known[peer]
                return None
            if self._cache.is_crowded:
                self._cache.clear()
                self.unbind()
            client.view_key = self._gateway.view(self._gateway.subject(client.address)).key
            client.answers = self._cache.of_view(client.view_key)
            client.tag = self._gateway.client_tag(client.address)
        return client

    def unbind(self) -> None:
        """After a swap: let every client find its view anew; allowances stay."""
        for client in self.known.values():
            client.answers = None

    def set_limits(self, usual: RateLimit, forwarders: Forwarders) -> None:
        """Take up new limits: every client begins with a full allowance."""
        if (usual, forwarders) != (self._usual, self._forwarders):
            self._usual, self._forwarders = usual, forwarders
            self.known.clear()

    def _limit(self, address: str) -> tuple[RateLimit, float]:
        """How fast an address may ask, and its share of the questions under way."""
        parsed = ip_address(address)
        for network, limit in self._forwarders:
            if parsed.version == network.version and parsed in network:
                return limit, SHARE_OF_FORWARDER
        return self._usual, SHARE


def canonical(peer: str) -> str:
    """Write a socket's peer address as the policy knows it: without scope, IPv4-mapped as IPv4."""
    parsed = ip_address(peer.partition("%")[0])
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
