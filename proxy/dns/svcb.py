"""Which parts of an HTTPS or SVCB record would carry a client past the filter? (RFC 9460)"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address

from proxy.dns.errors import Malformed
from proxy.dns.labels import ROOT, read_name

MANDATORY, ALPN, NO_DEFAULT_ALPN, IPV4HINT, ECH, IPV6HINT, DOHPATH = 0, 1, 2, 4, 5, 6, 7
EVADING = frozenset({ECH, DOHPATH})
_QUIC = (b"h3", b"hq", b"quic", b"doq")


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """The data of one SVCB or HTTPS record.

    priority   0: an alias, without parameters
    target     folded wire name; the root means the owner itself
    params     key and raw value, in ascending order of keys
    """

    priority: int
    target: bytes
    params: tuple[tuple[int, bytes], ...]


def parse(rdata: bytes) -> ServiceBinding:
    """Read a record's data.

    Raises Malformed when it breaks off, when keys do not ascend, or a value has an impossible length.
    """
    if len(rdata) < 3:
        raise Malformed("a service binding is cut short")
    target, at = read_name(rdata, 2)
    if rdata[at - 1] != 0 or at - 2 != len(target):
        raise Malformed("a service binding's target is compressed")
    params: list[tuple[int, bytes]] = []
    while at < len(rdata):
        if at + 4 > len(rdata):
            raise Malformed("a service parameter is cut short")
        key, length = int.from_bytes(rdata[at : at + 2]), int.from_bytes(rdata[at + 2 : at + 4])
        at += 4
        if at + length > len(rdata) or (params and key <= params[-1][0]):
            raise Malformed("service parameters run past the end or out of order")
        params.append((key, rdata[at : at + length]))
        at += length
    binding = ServiceBinding(int.from_bytes(rdata[:2]), target, tuple(params))
    for _ in hints(binding):
        pass
    return binding


def pack(binding: ServiceBinding) -> bytes:
    """Write a record's data."""
    params = b"".join(key.to_bytes(2) + len(value).to_bytes(2) + value for key, value in binding.params)
    return binding.priority.to_bytes(2) + binding.target + params


def harden(binding: ServiceBinding) -> ServiceBinding | None:
    """Take away encrypted ClientHello, DoH paths and QUIC, and mend `mandatory` to match.

    None when nothing usable is left: a service that speaks QUIC only.
    """
    if binding.priority == 0:
        return replace(binding, params=())
    params = {key: value for key, value in binding.params if key not in EVADING}
    if ALPN in params:
        protocols = [p for p in _alpn(params[ALPN]) if not p.startswith(_QUIC)]
        if protocols:
            params[ALPN] = b"".join(bytes((len(p),)) + p for p in protocols)
        elif NO_DEFAULT_ALPN in params:
            return None
        else:
            del params[ALPN]
    if MANDATORY in params:
        named = params.pop(MANDATORY)
        keys = [key for key in _pairs(named) if key in params]
        if keys:
            params[MANDATORY] = b"".join(key.to_bytes(2) for key in keys)
    return replace(binding, params=tuple(sorted(params.items())))


def hints(binding: ServiceBinding) -> Iterator[str]:
    """Yield the addresses a client may connect to without asking further.

    Raises Malformed when a hint's length is impossible.
    """
    for key, value in binding.params:
        width = {IPV4HINT: 4, IPV6HINT: 16}.get(key)
        if width is None:
            continue
        if not value or len(value) % width:
            raise Malformed("an address hint has an impossible length")
        for at in range(0, len(value), width):
            octets = value[at : at + width]
            yield str(IPv4Address(octets)) if width == 4 else str(IPv6Address(octets))


def target_of(binding: ServiceBinding) -> bytes | None:
    """The name that a client would go to instead of the owner, or None."""
    return None if binding.target == ROOT else binding.target


def _alpn(value: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(value):
        length = value[at]
        if not length or at + 1 + length > len(value):
            raise Malformed("a list of protocols is cut short")
        yield value[at + 1 : at + 1 + length]
        at += 1 + length


def _pairs(value: bytes) -> Iterator[int]:
    if len(value) % 2:
        raise Malformed("a list of keys has an odd length")
    for at in range(0, len(value), 2):
        yield int.from_bytes(value[at : at + 2])
