"""Which names does the gateway answer itself, from its settings?"""

from collections.abc import Iterable
from ipaddress import ip_address

import dnslib

from proxy.dns.errors import Malformed
from proxy.dns.labels import to_wire
from proxy.dns.messages import negative_soa
from proxy.dns.plan import LocalRecord, Plan
from proxy.dns.private import stays_here
from proxy.dns.records import AAAA, CNAME, PTR, A, Answer, Record
from proxy.dns.wire import Rcode

NEGATIVE_TTL_S = 300

_LOCALHOST = to_wire("localhost")
_UNREADABLE = (
    Malformed,
    dnslib.DNSError,
    dnslib.BufferError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
)


class LocalNames:
    """Records from the settings, the block page's own name, `localhost`, and zones that stay inside."""

    def __init__(self, plan: Plan) -> None:
        self._records: dict[bytes, tuple[Record, ...]] = {}
        for record in _page_records(plan) + tuple(read_record(one) for one in plan.local_records):
            self._records[record.owner] = (*self._records.get(record.owner, ()), record)
        self._records[_LOCALHOST] = (
            Record(_LOCALHOST, A, NEGATIVE_TTL_S, ip_address("127.0.0.1").packed),
            Record(_LOCALHOST, AAAA, NEGATIVE_TTL_S, ip_address("::1").packed),
        )

    @property
    def names(self) -> Iterable[bytes]:
        """Names that have records."""
        return self._records.keys()

    def __contains__(self, name: bytes) -> bool:
        return name in self._records

    def answer(self, name: bytes, qtype: int) -> Answer | None:
        """Answer from local records, or None when the name has none.

        A name with records of other types only gets a negative answer; an alias is followed by the
        caller.
        """
        records = self._records.get(name)
        if records is None:
            return None
        aliases = tuple(r for r in records if r.rtype == CNAME)
        if aliases and qtype != CNAME:
            return Answer(Rcode.NOERROR, aliases[:1], (), (), aliases[0].rdata)
        final = tuple(r for r in records if r.rtype == qtype)
        authority = () if final else (negative_soa(name, NEGATIVE_TTL_S),)
        return Answer(Rcode.NOERROR, (), final, authority, name)

    def inside(self, name: bytes) -> Answer | None:
        """Say that a name does not exist when it must never be asked of public resolvers; else None."""
        if not stays_here(name):
            return None
        return Answer(Rcode.NXDOMAIN, (), (), (negative_soa(name, NEGATIVE_TTL_S),), name)


def read_record(record: LocalRecord) -> Record:
    """Read a record from the settings; dnslib knows how its type is written.

    A name in the value is meant as it stands, with or without its closing dot.

    Raises Malformed when the value does not fit the type; the message names the record.
    """
    try:
        rtype = int(dnslib.QTYPE.reverse[record.type])
        rdata = to_wire(record.value) if rtype in (CNAME, PTR) else _packed(record)
    except _UNREADABLE as error:
        raise Malformed(
            f"local record {record.name} {record.type}: {record.value!r} does not fit its type ({error})"
        ) from error
    return Record(to_wire(record.name), rtype, record.ttl_s, rdata)


def _packed(record: LocalRecord) -> bytes:
    if record.type == "TXT":
        rdata: dnslib.RD = dnslib.TXT(_strings(record.value.encode("utf-8")))
    else:
        (parsed,) = dnslib.RR.fromZone(f"{record.name}. {record.ttl_s} IN {record.type} {record.value}")
        rdata = parsed.rdata
    buffer = dnslib.DNSBuffer()
    rdata.pack(buffer)
    return bytes(buffer.data)


def _strings(octets: bytes) -> list[bytes]:
    return [octets[at : at + 255] for at in range(0, len(octets), 255)] or [b""]


def _page_records(plan: Plan) -> tuple[Record, ...]:
    if not plan.block_host or any(one.name == plan.block_host for one in plan.local_records):
        return ()
    owner = to_wire(plan.block_host)
    addresses = [ip_address(text) for text in plan.block_addresses]
    return tuple(
        Record(owner, A if address.version == 4 else AAAA, NEGATIVE_TTL_S, address.packed)
        for address in addresses
    )
