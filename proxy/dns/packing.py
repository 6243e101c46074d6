"""Which octets go out for a reply? Header, question, records and OPT, and where the TTLs stand."""

from dataclasses import dataclass, field
from struct import Struct

from proxy.decision.values import quickly_made
from proxy.dns.labels import ROOT
from proxy.dns.records import CNAME, Record
from proxy.dns.wire import EDNS_LIMIT, HEADER_OCTETS, IN, Question

MAX_POINTER = 0x3FFF
EDE_OPTION = 15

_HEADER = Struct("!HHHHHH")
_FIXED = Struct("!HHIH")


@quickly_made
@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it becomes octets.

    rcode    may be larger than 15 (extended codes); the part above four bits goes into OPT
    ede      Extended DNS Errors (RFC 8914): info code and plain text; sent only to who speaks EDNS
    """

    rcode: int
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    ad: bool = False
    ede: tuple[tuple[int, str], ...] = field(default=())

    @property
    def min_ttl_s(self) -> int | None:
        """The smallest TTL in it, or None without records."""
        return min((record.ttl for record in self.answer + self.authority), default=None)


@quickly_made
@dataclass(frozen=True, slots=True)
class Packed:
    """A finished message and the offsets of its TTL fields (OPT's has none)."""

    message: bytes
    ttls: tuple[int, ...]


class _Writer:
    """A message that grows, with the places of the names already in it."""

    def __init__(self, question: Question) -> None:
        self.out = bytearray(HEADER_OCTETS)
        self.ttls: list[int] = []
        self._names: dict[bytes, int] = {}
        if question.name:
            self._remember(question.folded, HEADER_OCTETS)
            self.out += question.name + question.qtype.to_bytes(2) + question.qclass.to_bytes(2)

    def _remember(self, name: bytes, at: int) -> None:
        start = 0
        while length := name[start]:
            if at + start > MAX_POINTER:
                return
            self._names.setdefault(name[start:], at + start)
            start += 1 + length

    def record(self, record: Record) -> None:
        self._name(record.owner)
        self.ttls.append(len(self.out) + 4)
        if record.rtype == CNAME:
            self.out += _FIXED.pack(CNAME, IN, record.ttl, 0)
            at = len(self.out)
            self._name(record.rdata)
            self.out[at - 2 : at] = (len(self.out) - at).to_bytes(2)
        else:
            self.out += _FIXED.pack(record.rtype, IN, record.ttl, len(record.rdata)) + record.rdata

    def _name(self, name: bytes) -> None:
        start, at = 0, len(self.out)
        while length := name[start]:
            known = self._names.get(name[start:])
            if known is not None:
                break
            start += 1 + length
        else:
            known = None
        if start:
            self._remember(name, at)
        self.out += name[:start] + (ROOT if known is None else (0xC000 | known).to_bytes(2))


def pack(question: Question, reply: Reply) -> Packed:
    """Lay out a reply within the question's limit; what does not fit is cut away and TC set."""
    writer = _Writer(question)
    for record in reply.answer + reply.authority:
        writer.record(record)
    opt = opt_record(question.do, reply.rcode, reply.ede) if question.edns else b""
    truncated = len(writer.out) + len(opt) > question.limit
    counts = (len(reply.answer), len(reply.authority))
    if truncated:
        writer, counts = _Writer(question), (0, 0)
    flags = (
        0x8080
        | question.opcode << 11
        | truncated << 9
        | question.rd << 8
        | (reply.ad and (question.ad or question.do)) << 5
        | question.cd << 4
        | reply.rcode & 15
    )
    _HEADER.pack_into(writer.out, 0, question.id, flags, bool(question.name), *counts, bool(opt))
    return Packed(bytes(writer.out + opt), tuple(writer.ttls))


def opt_record(do: bool, rcode: int, ede: tuple[tuple[int, str], ...]) -> bytes:
    """Lay out the OPT record of a reply (RFC 6891), with its Extended DNS Errors (RFC 8914)."""
    options = b""
    for code, text in ede:
        octets = text.encode("utf-8")
        options += EDE_OPTION.to_bytes(2) + (2 + len(octets)).to_bytes(2) + code.to_bytes(2) + octets
    extended = (rcode >> 4) << 24 | do << 15
    return ROOT + _FIXED.pack(41, EDNS_LIMIT, extended, len(options)) + options
