"""Who may ask, how fast, and under which view? One row per client address, bounded."""

from collections import OrderedDict
from collections.abc import Hashable
from ipaddress import ip_address
from itertools import cycle

from proxy.dns.answer_cache import AnswerCache, Answers
from proxy.dns.datagrams import Address
from proxy.dns.finished import CLIENT_BITS
from proxy.dns.plan import Forwarders, RateLimit
from proxy.gateway import Gateway
from proxy.journal.codec import ClientTag
from proxy.judgement import Standing

MAX_CLIENTS = 20_000
SHARE = 1 / 8  # a device that asks for names whose servers are slow must not keep the others waiting
SHARE_OF_FORWARDER = 1 / 2
DEVICE = "device "
"""How `Client.watched` begins of a known device; no address begins so."""
NUMBERS = cycle(range(1, 1 << CLIENT_BITS))


class Client:
    """A served client.

    packed    its address as a datagram carries it, once one came
    tokens    what is left of its allowance, as of the moment `seen`
    address   canonical, as it is judged and recorded
    answers   finished answers of its view; None after a swap, until it is bound anew; never None in
              `Clients.bound`
    view_key  key of that view
    standing  who it is and what answers it, since it was last bound
    tag       who asks, packed for events
    share     what part of the questions under way may be its own
    under_way   how many are
    watched   what those who watch over its questions call it: the device that it is known to be, whichever
              of its addresses it asks from, or else its address
    number    tells it from all other rows
    """

    __slots__ = (
        "_burst", "_qps", "address", "answers", "number", "packed", "seen", "share", "standing", "tag",
        "tokens", "under_way", "view_key", "watched",
    )  # fmt: skip

    def __init__(self, address: str, limit: RateLimit, now: float, share: float = SHARE) -> None:
        self.address = self.watched = address
        self.number = next(NUMBERS)
        self.share, self.under_way = share, 0
        self.answers: Answers | None = None
        self.view_key: Hashable = None
        self.standing: Standing | None = None
        self.tag = ClientTag(b"")
        self._qps, self._burst = limit.qps, float(limit.burst)
        self.tokens, self.seen = self._burst, now
        self.packed: Address | None = None

    def may_ask(self, now: float) -> bool:
        """Take one query out of the client's allowance; False when it is used up."""
        self.refill(now)
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def refill(self, now: float) -> None:
        """Add what grew since the client was last seen."""
        tokens = self.tokens + (now - self.seen) * self._qps
        self.seen = now
        self.tokens = min(tokens, self._burst)


class Clients:
    """The table of clients. Addresses outside the configured networks never enter it, so that a flood
    of foreign addresses cannot push the school's own out.

    bound   clients whose view and answers are known, by the address that a datagram carries
    """

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
        self.known: OrderedDict[str, Client] = OrderedDict()  # a plain dict finds its oldest ever more slowly
        self.bound: dict[Address, Client] = {}

    def admit(self, peer: str, now: float, packed: Address | None = None) -> Client | None:
        """Return the row of a peer address, bound to its view; None when it is not to be served."""
        client = self._admit(peer, now)
        if client is not None and packed is not None:
            client.packed = packed
            self.bound[packed] = client
        return client

    def _admit(self, peer: str, now: float) -> Client | None:
        client = self.known.get(peer)
        if client is None:
            address = canonical(peer)
            if not self._gateway.allows_client(address):
                return None
            if len(self.known) >= self._max_clients:
                self._forget(next(iter(self.known)))
            limit, share = self._limit(address)
            client = self.known[peer] = Client(address, limit, now, share)
        if client.answers is None:
            if not self._gateway.allows_client(client.address):
                self._forget(peer)
                return None
            if self._cache.is_crowded:
                self._cache.clear()
                self.unbind()
            client.standing = self._gateway.standing(client.address)
            client.watched = self._watched(client.address)
            client.view_key = client.standing.view.key
            client.answers = self._cache.of_view(client.view_key)
            client.tag = self._gateway.client_tag(client.address)
        return client

    def _forget(self, peer: str) -> None:
        packed = self.known.pop(peer).packed
        if packed is not None:
            self.bound.pop(packed, None)

    def unbind(self) -> None:
        """After a swap: let every client find its view anew; allowances stay."""
        self.bound.clear()
        for client in self.known.values():
            client.answers = client.standing = None  # which would keep the policy before, lists and all

    def set_limits(self, usual: RateLimit, forwarders: Forwarders) -> None:
        """Take up new limits: every client begins with a full allowance."""
        if (usual, forwarders) != (self._usual, self._forwarders):
            self._usual, self._forwarders = usual, forwarders
            self.known.clear()
            self.bound.clear()

    def asks_for_many(self, watched: str) -> bool:
        """Say whether what is watched (`Client.watched`) is a machine that asks for many clients."""
        return not watched.startswith(DEVICE) and self._forwarders_limit(watched) is not None

    def _watched(self, address: str) -> str:
        device = self._gateway.identities.single_device(address)
        return DEVICE + device if device else address

    def _limit(self, address: str) -> tuple[RateLimit, float]:
        """How fast an address may ask, and its share of the questions under way."""
        limit = self._forwarders_limit(address)
        return (self._usual, SHARE) if limit is None else (limit, SHARE_OF_FORWARDER)

    def _forwarders_limit(self, address: str) -> RateLimit | None:
        if not self._forwarders:
            return None
        parsed = ip_address(address)
        for network, limit in self._forwarders:
            if parsed.version == network.version and parsed in network:
                return limit
        return None


def canonical(peer: str) -> str:
    """Write a socket's peer address as the policy knows it: without scope, IPv4-mapped as IPv4."""
    parsed = ip_address(peer.partition("%")[0])
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
