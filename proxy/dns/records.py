"""What does an upstream resolver's message say? Its records, read without trust and cut to what was asked."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import NamedTuple

from proxy.decision.values import quickly_made
from proxy.dns.errors import Malformed
from proxy.dns.labels import ROOT, is_below, read_name
from proxy.dns.wire import HEADER_OCTETS, IN, OPT

A, NS, CNAME, SOA, PTR, MX, AAAA, SRV, DNAME = 1, 2, 5, 6, 12, 15, 28, 33, 39
RRSIG, NSEC, NSEC3, SVCB, HTTPS, ANY = 46, 47, 50, 64, 65, 255
MAX_RECORDS = 512
MAX_CHAIN = 16
MAX_TTL_S = 0x7FFFFFFF

_HEADER = Struct("!HHHHHH")
_RECORD = Struct("!HHIH")
_NAME_ONLY = frozenset({NS, CNAME, PTR, DNAME, 3, 4, 7, 8, 9})
_NAME_AFTER = {MX: 2, 18: 2, 21: 2, 36: 2, SRV: 6}
_TWO_NAMES = frozenset({SOA, 14, 17})
_PROOFS = frozenset({NSEC, NSEC3, RRSIG})


@quickly_made
@dataclass(frozen=True, slots=True)
class Record:
    """One resource record of class IN.

    owner    folded wire name
    ttl      seconds
    rdata    without compression; names in it are folded
    """

    owner: bytes
    rtype: int
    ttl: int
    rdata: bytes


@quickly_made
@dataclass(frozen=True, slots=True)
class Message:
    """An upstream's message.

    question   the question section's octets, spelling kept
    """

    id: int
    rcode: int
    tc: bool
    ad: bool
    question: bytes
    answers: tuple[Record, ...]
    authority: tuple[Record, ...]


class Asked(NamedTuple):
    """What an upstream is asked: a folded wire name, a type, and the two bits that change answers."""

    name: bytes
    qtype: int
    do: bool = False
    cd: bool = False

    @property
    def key(self) -> bytes:
        """The same as octets: the question section, and one octet more for the two bits if one is set."""
        bits = self.do | self.cd << 1
        return self.name + self.qtype.to_bytes(2) + (b"\x00\x01" if not bits else bytes((0, 1, bits)))

    @classmethod
    def of_key(cls, key: bytes) -> "Asked":
        """The question that has a key."""
        at = 0
        while length := key[at]:
            at += 1 + length
        bits = key[at + 5] if len(key) > at + 5 else 0
        return cls(key[: at + 1], key[at + 1] << 8 | key[at + 2], bool(bits & 1), bool(bits & 2))


def read_message(data: bytes) -> Message:
    """Read header, question, answer and authority sections of a response.

    The additional section is not read: glue is nothing that a client asked for.

    Raises Malformed for whatever is no response to one question, or breaks off.
    """
    if len(data) < HEADER_OCTETS:
        raise Malformed("a message is shorter than its header")
    ident, flags, questions, answers, authority, _ = _HEADER.unpack_from(data)
    if not flags & 0x8000 or flags >> 11 & 15 or questions != 1:
        raise Malformed("this is no response to one question")
    _, end = read_name(data, HEADER_OCTETS)
    at = end + 4
    if at > len(data):
        raise Malformed("the question is cut short")
    question = data[HEADER_OCTETS:at]
    tc = bool(flags & 0x0200)
    if tc:
        return Message(ident, flags & 15, True, False, question, (), ())
    found, at = _section(data, at, answers)
    proofs, at = _section(data, at, authority)
    return Message(ident, flags & 15, False, bool(flags & 0x0020), question, found, proofs)


def _section(data: bytes, at: int, count: int) -> tuple[tuple[Record, ...], int]:
    if count > MAX_RECORDS:
        raise Malformed(f"a section has {count} records; more than {MAX_RECORDS} answer nobody's question")
    records: list[Record] = []
    for _ in range(count):
        owner, at = read_name(data, at)
        if at + 10 > len(data):
            raise Malformed("a record is cut short")
        rtype, rclass, ttl, length = _RECORD.unpack_from(data, at)
        at += 10
        if at + length > len(data):
            raise Malformed("a record's data runs past the end")
        if rclass == IN and rtype != OPT:
            records.append(
                Record(owner, rtype, 0 if ttl > MAX_TTL_S else ttl, _rdata(data, at, length, rtype))
            )
        at += length
    return tuple(records), at


def _rdata(data: bytes, at: int, length: int, rtype: int) -> bytes:
    """Take a record's data, with names written out where RFC 1035 let them be compressed."""
    end = at + length
    if rtype in (A, AAAA):
        if length != (4 if rtype == A else 16):
            raise Malformed("an address record has the wrong length")
        return data[at:end]
    if rtype in _NAME_ONLY:
        name, stop = read_name(data, at)
        rdata = name
    elif rtype in _NAME_AFTER:
        head = _NAME_AFTER[rtype]
        name, stop = read_name(data, at + head)
        rdata = data[at : at + head] + name
    elif rtype in _TWO_NAMES:
        first, middle = read_name(data, at)
        second, stop = read_name(data, middle)
        tail = 20 if rtype == SOA else 0
        stop += tail
        rdata = first + second + data[stop - tail : stop]
    else:
        return data[at:end]
    if stop != end:
        raise Malformed("a record's data and its length disagree")
    return rdata


@quickly_made
@dataclass(frozen=True, slots=True)
class Answer:
    """What an upstream says to one question, cut to what was asked.

    chain      CNAME and DNAME records (with their signatures) from the question's name on, in order
    final      records of the asked type at the chain's end, with their signatures
    authority  the SOA of a negative answer, and its proofs
    end        the chain's last name
    """

    rcode: int
    chain: tuple[Record, ...]
    final: tuple[Record, ...]
    authority: tuple[Record, ...]
    end: bytes
    ad: bool = False

    @property
    def is_negative(self) -> bool:
        """Whether there is nothing of the asked type."""
        return not self.final

    @property
    def soa(self) -> Record | None:
        """The SOA that says how long a negative answer holds (RFC 2308)."""
        return next((record for record in self.authority if record.rtype == SOA), None)


def cut(message: Message, name: bytes, qtype: int) -> Answer:
    """Keep what answers the question and lies in its bailiwick; drop all else.

    name    folded wire name that was asked

    Raises Malformed when the chain of aliases loops or is longer than sixteen.
    """
    chain: list[Record] = []
    end = name
    if qtype not in (CNAME, ANY):
        seen = {name}
        while step := _step(message.answers, end, qtype):
            records, end = step
            chain.extend(records)
            if end in seen or len(seen) > MAX_CHAIN:
                raise Malformed("the aliases run in a circle or are more than sixteen")
            seen.add(end)
    final = tuple(r for r in message.answers if r.owner == end and qtype in (r.rtype, covered(r), ANY))
    authority: tuple[Record, ...] = ()
    if not any(r.rtype != RRSIG for r in final):
        authority = tuple(r for r in message.authority if _proves(r, end))
    return Answer(message.rcode, tuple(chain), final, authority, end, message.ad)


def covered(record: Record) -> int:
    """The type that a signature covers; the record's own type otherwise."""
    if record.rtype == RRSIG and len(record.rdata) > 18:
        return record.rdata[0] << 8 | record.rdata[1]
    return record.rtype


def _step(answers: tuple[Record, ...], name: bytes, qtype: int) -> tuple[list[Record], bytes] | None:
    """Follow one alias: the records that make it and the name it leads to; None at the end."""
    for record in answers:
        if record.rtype == CNAME and record.owner == name:
            return [r for r in answers if r.owner == name and CNAME in (r.rtype, covered(r))], record.rdata
        if record.rtype == DNAME and record.owner != name and record.owner != ROOT and qtype != DNAME:
            if not is_below(name, record.owner):
                continue
            target = name.removesuffix(record.owner) + record.rdata
            if len(target) > 255:
                raise Malformed("a DNAME makes a name too long")
            made = Record(name, CNAME, record.ttl, target)
            return [r for r in answers if r.owner == record.owner and DNAME in (r.rtype, covered(r))] + [
                made
            ], target
    return None


def _proves(record: Record, end: bytes) -> bool:
    if record.rtype == SOA:
        return is_below(end, record.owner)
    return record.rtype in _PROOFS


def addresses_of(records: tuple[Record, ...]) -> tuple[str, ...]:
    """The addresses in A and AAAA records, as `ipaddress` prints them."""
    return tuple(
        str(IPv4Address(r.rdata)) if r.rtype == A else str(IPv6Address(r.rdata))
        for r in records
        if r.rtype in (A, AAAA)
    )
