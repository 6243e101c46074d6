"""What does a client's datagram ask? Reads header, question and OPT record on raw octets.

`hot_key` serves the path on which an answer is known already; it makes one key from everything
that shapes the answer's octets, or none where the datagram is not of the everyday shape. `parse`
is the full reading for the rest.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from proxy.decision.values import quickly_made
from proxy.dns.errors import Malformed, NotAnswerable
from proxy.dns.labels import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, read_name

HEADER_OCTETS = 12
PLAIN_LIMIT = 512
EDNS_LIMIT = 1232
TCP_LIMIT = 65535
OPT = 41
IN = 1

_HEADER = Struct("!HHHHHH")
_RECORD = Struct("!HHIH")
_ONE_QUESTION = b"\x00\x01\x00\x00\x00\x00\x00\x00"
_QUESTION_AND_OPT = b"\x00\x01\x00\x00\x00\x00\x00\x01"
_OPT_HEAD = b"\x00\x00\x29"


class Rcode(IntEnum):
    """Response codes that Schoolgate gives (RFC 1035, 6891)."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    BADVERS = 16


@quickly_made
@dataclass(frozen=True, slots=True)
class Question:
    """One client's question.

    name      wire form as the client spelled it
    folded    the same in lower case
    limit     octets that an answer may have on this transport
    """

    id: int
    name: bytes
    folded: bytes
    qtype: int
    qclass: int = IN
    opcode: int = 0
    rd: bool = True
    cd: bool = False
    ad: bool = False
    edns: bool = False
    do: bool = False
    version: int = 0
    limit: int = PLAIN_LIMIT


def hot_key(data: bytes, tcp: bool = False) -> bytes | str | None:
    """Return the answer cache's key for a query of everyday shape, else None.

    Equal keys ask for equal octets but for the id, the spelling and the age of TTLs. Over UDP the key is the
    query without its id as most clients would send it: name in lower case, OPT record without options and
    with the smallest payload size of its class. Such a query therefore is its own key. A key over TCP is
    text, which no datagram equals. A key is only ever stored for a query that `parse` has accepted.
    """
    end = data.find(0, HEADER_OCTETS)
    counts = data[4:12]
    if counts == _ONE_QUESTION and len(data) == end + 5 and not tcp and (key := data[2:]).islower():
        return key  # as nearly all write it
    if counts == _ONE_QUESTION and len(data) == end + 5:
        key = data[2:12] + data[12:end].lower() + data[end:]
        return key.decode("latin-1") if tcp else key
    if counts != _QUESTION_AND_OPT or len(data) < end + 16 or data[end + 5 : end + 8] != _OPT_HEAD:
        return None
    if data[end + 11] or len(data) != end + 16 + (data[end + 14] << 8 | data[end + 15]):
        return None
    size = _LIMITS[-1 if tcp else _size_class(data[end + 8] << 8 | data[end + 9])]
    opt = _OPT_HEAD + size.to_bytes(2) + bytes((0, 0, data[end + 12] & 0x80, 0, 0, 0))
    key = data[2:12] + data[12:end].lower() + data[end : end + 5] + opt
    return key.decode("latin-1") if tcp else key


def _size_class(payload: int) -> int:
    return 2 if payload >= EDNS_LIMIT else 1 if payload >= 1024 else 0


_LIMITS = (PLAIN_LIMIT, 1024, EDNS_LIMIT, TCP_LIMIT)


def parse(data: bytes, tcp: bool = False) -> Question:
    """Read a query.

    Raises NotAnswerable for what deserves silence and Malformed for what deserves FORMERR. Opcode,
    class and EDNS version are the caller's to judge.
    """
    if len(data) < HEADER_OCTETS or data[2] & 0x80:
        raise NotAnswerable("no query: too short, or a response")
    ident, flags, questions, answers, authority, additional = _HEADER.unpack_from(data)
    opcode = flags >> 11 & 15
    if opcode:
        return Question(ident, b"", b"", 0, 0, opcode)
    if questions != 1 or answers or authority:
        raise Malformed("a query has one question and nothing else")
    folded, end = _question_name(data)
    if len(data) < end + 4:
        raise Malformed("the question is cut short")
    edns = _edns(data, end + 4, additional)
    payload, version, do = edns or (0, 0, False)
    return Question(
        id=ident,
        name=data[HEADER_OCTETS:end],
        folded=folded,
        qtype=data[end] << 8 | data[end + 1],
        qclass=data[end + 2] << 8 | data[end + 3],
        rd=bool(flags & 0x0100),
        cd=bool(flags & 0x0010),
        ad=bool(flags & 0x0020),
        edns=edns is not None,
        do=do,
        version=version,
        limit=TCP_LIMIT if tcp else _LIMITS[_size_class(payload)],
    )


def _question_name(data: bytes) -> tuple[bytes, int]:
    """Read the question's name, which stands first and so cannot be compressed."""
    at = HEADER_OCTETS
    try:
        while length := data[at]:
            if length > MAX_LABEL_OCTETS:
                raise Malformed("the question's name is compressed or has an unknown label type")
            at += 1 + length
        end = at + 1
    except IndexError as error:
        raise Malformed("the question's name runs past the end") from error
    if end - HEADER_OCTETS > MAX_NAME_OCTETS:
        raise Malformed("the question's name is longer than 255 octets")
    return data[HEADER_OCTETS:end].lower(), end


def _edns(data: bytes, at: int, additional: int) -> tuple[int, int, bool] | None:
    """Find the OPT record (RFC 6891): payload size, version and DO. Its options are not trusted and
    not read: a client subnet (RFC 7871) never leaves the gateway."""
    found: tuple[int, int, bool] | None = None
    if additional > 4:
        raise Malformed("a query has no use for so many additional records")
    for _ in range(additional):
        name, at = read_name(data, at)
        if len(data) < at + 10:
            raise Malformed("an additional record is cut short")
        rtype, rclass, ttl, length = _RECORD.unpack_from(data, at)
        at += 10 + length
        if at > len(data):
            raise Malformed("an additional record is cut short")
        if rtype == OPT:
            if found is not None or name != b"\x00":
                raise Malformed("a query has at most one OPT record, named by the root")
            found = rclass, ttl >> 16 & 0xFF, bool(ttl & 0x8000)
    return found


def error_reply(data: bytes, rcode: Rcode) -> bytes:
    """Make the shortest answer to a query that is not understood: its header and the code."""
    return data[:2] + bytes((0x80 | data[2] & 0x79, 0x80 | rcode & 15)) + bytes(8)
