"""What do the settings ask of the resolver? The resolver's own reading of them, frozen."""

from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_address


class Protocol(Enum):
    """How an upstream is spoken to."""

    UDP = "udp"
    TCP = "tcp"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def is_ipv6(self) -> bool:
        """Whether the address is an IPv6 one."""
        return ip_address(self.address).version == 6


@dataclass(frozen=True, slots=True)
class UpstreamServer:
    """One upstream resolver.

    tls_name   with DoT: the name that its certificate must carry; empty: its address
    tls_ca     with DoT: a PEM file with further trusted authorities; empty: the system's
    """

    endpoint: Endpoint
    protocol: Protocol = Protocol.UDP
    tls_name: str = ""
    tls_ca: str = ""


@dataclass(frozen=True, slots=True)
class ForwardZone:
    """A zone that its own resolvers answer.

    allow_private   answers may be private addresses, as they are inside a school
    """

    zone: str
    upstreams: tuple[UpstreamServer, ...]
    allow_private: bool = True


@dataclass(frozen=True, slots=True)
class LocalRecord:
    """A record that the gateway answers itself; `value` as a zone file writes it."""

    name: str
    type: str
    value: str
    ttl_s: int = 300


@dataclass(frozen=True, slots=True)
class CachePlan:
    """Bounds of the caches; `stale_s`: how long an expired answer may serve while upstreams fail."""

    max_entries: int = 100_000
    min_ttl_s: int = 0
    max_ttl_s: int = 86_400
    negative_max_ttl_s: int = 3_600
    stale_s: int = 86_400


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Queries a second and how many may come at once; no limit when `qps` is 0."""

    qps: float = 200.0
    burst: int = 400


type Forwarders = tuple[tuple[IPv4Network | IPv6Network, RateLimit], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the resolver takes from the settings.

    block_addresses   where the block page stands, IPv4 and IPv6
    local_zones       zones whose answers may be private or loopback addresses
    forwarders        address ranges of machines that ask for many devices, each with its own limit
    block_host        name of the block page, answered with its addresses; "": none
    max_inflight      questions that may wait for upstreams at once
    """

    listen: tuple[Endpoint, ...] = ()
    upstreams: tuple[UpstreamServer, ...] = ()
    timeout_s: float = 3.0
    forward_zones: tuple[ForwardZone, ...] = ()
    local_records: tuple[LocalRecord, ...] = ()
    local_zones: tuple[str, ...] = ()
    block_ttl_s: int = 5
    block_addresses: tuple[str, ...] = ()
    block_host: str = ""
    cache: CachePlan = field(default_factory=CachePlan)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    forwarders: Forwarders = ()
    max_tcp: int = 512
    max_inflight: int = 2_000
