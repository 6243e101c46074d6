"""Where does the resolver listen, whom does it ask, and what are its limits?"""

from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from proxy.decision.names import canonical_host
from proxy.settings.fields import (
    Address,
    Endpoint,
    GroupName,
    Listen,
    Name,
    Port,
    Range,
    Text,
    wrong,
)
from proxy.settings.schema.part import Part

Seconds = Annotated[int, Field(ge=0, le=7 * 86400)]


class UpstreamProtocol(Enum):
    """How an upstream resolver is asked."""

    UDP = "udp"
    TCP = "tcp"
    DOT = "dot"


class Upstream(Part):
    """A resolver that answers what this one does not know."""

    address: Address
    """IP address of the upstream resolver."""
    port: Port = 53
    """Port; when not written, 53 for `udp` and `tcp` and 853 for `dot`."""
    protocol: UpstreamProtocol = UpstreamProtocol.UDP
    """`udp` (with TCP for long answers), `tcp`, or `dot` (DNS over TLS, RFC 7858)."""
    tls_name: Name | None = None
    """Name that the upstream's certificate must carry; needed with `dot`."""

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, data: Any) -> Any:
        if (
            isinstance(data, dict)
            and "port" not in data
            and data.get("protocol") in ("dot", UpstreamProtocol.DOT)
        ):
            return {**data, "port": 853}
        return data

    @model_validator(mode="after")
    def _has_name(self) -> Self:
        if self.protocol is UpstreamProtocol.DOT and self.tls_name is None:
            raise wrong("an upstream with `protocol: dot` needs a `tls_name`", "the name in its certificate")
        return self


class ForwardZone(Part):
    """A zone whose questions go to its own resolvers, for example the school's own domain."""

    zone: Name
    """The zone; everything below it is included. Reverse zones such as `10.in-addr.arpa` may stand here."""
    upstreams: Annotated[tuple[Upstream, ...], Field(min_length=1)]
    """Resolvers for this zone, tried in order."""
    allow_private: bool = True
    """Whether its answers may hold private and loopback addresses."""


class RecordType(Enum):
    """Record types that can be stated locally."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    PTR = "PTR"
    TXT = "TXT"


class LocalRecord(Part):
    """A record that the resolver answers itself; names with a local record never go upstream."""

    name: Name
    """The name, exactly."""
    type: RecordType = RecordType.A
    """`A`, `AAAA`, `CNAME`, `PTR` or `TXT`."""
    value: Text
    """An address for `A` and `AAAA`, a name for `CNAME` and `PTR`, a text for `TXT`."""
    ttl_s: Seconds = 300
    """Time to live, in seconds."""

    @field_validator("value")
    @classmethod
    def _fits(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("type", RecordType.TXT)
        try:
            if kind is RecordType.A:
                IPv4Address(value)
            elif kind is RecordType.AAAA:
                IPv6Address(value)
            elif kind in (RecordType.CNAME, RecordType.PTR):
                return canonical_host(value)
        except ValueError as error:
            raise wrong(f"'{value[:80]}' does not fit a record of type {kind.value}") from error
        return value


class CacheSettings(Part):
    """How much the resolver remembers, and for how long."""

    max_entries: Annotated[int, Field(ge=100, le=10_000_000)] = 100_000
    """Answers of everyday size kept, per process; a large one takes the room of many."""
    min_ttl_s: Annotated[int, Field(ge=0, le=3600)] = 0
    """Upstream answers are kept at least this many seconds."""
    max_ttl_s: Seconds = 86_400
    """Upstream answers are kept at most this many seconds."""
    negative_max_ttl_s: Seconds = 900
    """Answers that a name does not exist are kept at most this many seconds (RFC 2308)."""
    stale_s: Seconds = 86_400
    """An expired answer may serve this many seconds more while no upstream answers (RFC 8767); 0: never."""


class RateLimit(Part):
    """How fast one client may ask."""

    per_client_qps: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    """Queries a second for each client address, on average."""
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    """Queries that a client may send at once after a pause."""


class Forwarder(Part):
    """A machine that asks for many clients (a domain controller, a NAT), with its own limit and group."""

    addresses: Annotated[tuple[Range, ...], Field(min_length=1)]
    """Its address, or several."""
    qps: Annotated[int, Field(ge=1, le=1_000_000)] = 5000
    """Queries a second, on average; also its burst."""
    group: GroupName
    """The group that everybody behind it is judged as."""


class DnsSettings(Part):
    """The resolver."""

    listen: Annotated[tuple[Listen, ...], Field(min_length=1)] = (
        Endpoint("127.0.0.1", 53),
        Endpoint("::1", 53),
    )
    """Addresses and ports for UDP and TCP."""
    system: bool = False
    """Ask the resolvers in /etc/resolv.conf, behind those in `upstreams`."""
    upstreams: tuple[Upstream, ...] = ()
    """Resolvers to ask, in order of preference."""
    timeout_ms: Annotated[int, Field(ge=50, le=30_000)] = 4000
    """Milliseconds for all upstreams together before a client is told that the answer failed."""
    forward_zones: tuple[ForwardZone, ...] = ()
    """Zones with resolvers of their own."""
    local_zones: tuple[Name, ...] = ()
    """Names, with all below them, whose answers may hold private and loopback addresses."""
    local_records: tuple[LocalRecord, ...] = ()
    """Records answered by this resolver itself."""
    block_ttl_s: Annotated[int, Field(ge=1, le=300)] = 5
    """How long, in seconds, a device may remember that a name is blocked."""
    cache: CacheSettings = CacheSettings()
    """How much is remembered."""
    rate_limit: RateLimit = RateLimit()
    """How fast one client may ask."""
    forwarders: tuple[Forwarder, ...] = ()
    """Machines that ask for many clients."""
    max_tcp: Annotated[int, Field(ge=1, le=100_000)] = 512
    """TCP connections open at once, per process."""
    max_inflight: Annotated[int, Field(ge=1, le=1_000_000)] = 2000
    """Questions under way at once, per process."""

    @model_validator(mode="after")
    def _asks_somebody(self) -> Self:
        if not self.upstreams and not self.system:
            raise wrong("the resolver has nobody to ask", "write `system: true` or list `upstreams`")
        return self
