"""How does a zone file write a name, and a record's data? (RFC 1035, section 5.1; RFC 3597; RFC 9460)"""

from base64 import b64encode
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from proxy.bypass.observed import Record
from proxy.dns import records as types
from proxy.dns import svcb
from proxy.dns.errors import Malformed
from proxy.dns.labels import ROOT, labels_of, read_name
from proxy.dns.messages import type_name

TXT = 16
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/+=*~!#$%&'^`{|}<>,:?[]")
_KEYS = {0: "mandatory", 1: "alpn", 2: "no-default-alpn", 3: "port", 4: "ipv4hint", 5: "ech", 6: "ipv6hint"}
_KEYS[7] = "dohpath"


def name_text(wire: bytes) -> str:
    """Write a wire name without its last dot; the root is `.`. Octets that no plain name has are `\\ddd`.

    >>> name_text(b"\\x03a.b\\x02\\xffc\\x00")
    'a\\\\.b.\\\\255c'
    """
    return ".".join(_label(label) for label in labels_of(wire)) or "."


def _label(label: bytes) -> str:
    return "".join(
        chr(octet) if octet in _PLAIN else f"\\{chr(octet)}" if octet in b'."\\;()@' else f"\\{octet:03d}"
        for octet in label
    )


def record_text(record: types.Record) -> Record:
    """Write a record's type and data; what cannot be read stands as octets (RFC 3597)."""
    writer = _WRITERS.get(record.rtype)
    try:
        data = writer(record.rdata) if writer is not None else ""
    except (Malformed, ValueError, IndexError):
        data = ""
    return Record(type_name(record.rtype), data or f"\\# {len(record.rdata)} {record.rdata.hex()}")


def _name(rdata: bytes) -> str:
    return _dotted(read_name(rdata, 0)[0])


def _dotted(wire: bytes) -> str:
    return "." if wire == ROOT else f"{name_text(wire)}."


def _preferred(rdata: bytes) -> str:
    return f"{int.from_bytes(rdata[:2])} {_dotted(read_name(rdata, 2)[0])}"


def _service(rdata: bytes) -> str:
    numbers = " ".join(str(int.from_bytes(rdata[at : at + 2])) for at in (0, 2, 4))
    return f"{numbers} {_dotted(read_name(rdata, 6)[0])}"


def _texts(rdata: bytes) -> str:
    found, at = [], 0
    while at < len(rdata):
        found.append(f'"{_quoted(rdata[at + 1 : at + 1 + rdata[at]])}"')
        at += 1 + rdata[at]
    return " ".join(found)


def _quoted(octets: bytes) -> str:
    return "".join(
        f"\\{chr(octet)}" if octet in b'"\\' else chr(octet) if 32 <= octet < 127 else f"\\{octet:03d}"
        for octet in octets
    )


def _binding(rdata: bytes) -> str:
    read = svcb.parse(rdata)
    return " ".join([str(read.priority), _dotted(read.target), *(_param(*param) for param in read.params)])


def _param(key: int, value: bytes) -> str:
    name = _KEYS.get(key, f"key{key}")
    if not value:
        return name
    return f'{name}="{_value(key, value)}"'


def _value(key: int, value: bytes) -> str:
    if key == svcb.ALPN:
        return ",".join(_lengths(value))
    if key in (svcb.IPV4HINT, svcb.IPV6HINT):
        width = 4 if key == svcb.IPV4HINT else 16
        made: Callable[[bytes], object] = IPv4Address if width == 4 else IPv6Address
        return ",".join(str(made(value[at : at + width])) for at in range(0, len(value), width))
    if key == svcb.ECH:
        return b64encode(value).decode()
    if key == 3 and len(value) == 2:
        return str(int.from_bytes(value))
    if key == svcb.MANDATORY:
        keys = [int.from_bytes(value[at : at + 2]) for at in range(0, len(value), 2)]
        return ",".join(_KEYS.get(each, f"key{each}") for each in keys)
    return _quoted(value)


def _lengths(value: bytes) -> list[str]:
    found, at = [], 0
    while at < len(value):
        found.append(_quoted(value[at + 1 : at + 1 + value[at]]))
        at += 1 + value[at]
    return found


_WRITERS: dict[int, Callable[[bytes], str]] = {
    types.A: lambda rdata: str(IPv4Address(rdata)),
    types.AAAA: lambda rdata: str(IPv6Address(rdata)),
    types.NS: _name,
    types.CNAME: _name,
    types.PTR: _name,
    types.DNAME: _name,
    types.MX: _preferred,
    types.SRV: _service,
    TXT: _texts,
    types.SVCB: _binding,
    types.HTTPS: _binding,
}
