"""Is this an upstream's everyday answer: one or more addresses of the very name that was asked, and no more?

Most answers are. They are kept and passed on as the octets that came, with their TTLs brought within
bounds; whatever looks otherwise is read record by record (`records.read_message`).
"""

from struct import Struct

from proxy.dns.records import AAAA, MAX_TTL_S, A, Answer, Asked, Record

MAX_ADDRESSES = 32

_SECTION_HEADS = {A: b"\xc0\x0c\x00\x01\x00\x01", AAAA: b"\xc0\x0c\x00\x1c\x00\x01"}
_TTL = Struct("!I")
_RECORD = Struct("!6sIH")
ADDRESS_AT = _RECORD_OCTETS = 12  # of a record before its data, its owner being a pointer
_TTL_AT = 6
_GOOD = (0x80, 0x81, 0x84, 0x85)  # a response to a standard query, whole, with RD and AA as they may be
# The flags of an answer without an error; True where it is vouched for.
_FLAGS = {bytes((high, low)): bool(low & 0x20) for high in _GOOD for low in range(0, 256, 16)}


class Everyday:
    """The answer section of such an answer, behind a question of the asked name.

    section    octets, owners written as pointers to the question
    ttl_s      the smallest TTL, bounded
    count      how many addresses there are
    ad         the upstream vouches for it
    stored, expires   moments for whoever keeps it, by its own clock
    """

    __slots__ = ("ad", "count", "expires", "section", "stored", "ttl_s", "width")
    weight = 1  # it takes the room of one answer

    stored: float
    expires: float

    def __init__(self, section: bytes, width: int, ttl_s: int, ad: bool) -> None:
        self.section, self.width, self.ttl_s, self.ad = section, width, ttl_s, ad
        self.count = len(section) // (_RECORD_OCTETS + width)

    def packed_addresses(self) -> list[bytes]:
        """The addresses, packed, in order."""
        step = _RECORD_OCTETS + self.width
        return [self.section[at : at + self.width] for at in range(_RECORD_OCTETS, len(self.section), step)]

    def bounded(self, least_s: int, most_s: int) -> "Everyday":
        """The same with every TTL brought within bounds."""
        if least_s <= self.ttl_s <= most_s and self.count == 1:
            return self
        octets = bytearray(self.section)
        lowest = most_s
        for at in range(_TTL_AT, len(octets), _RECORD_OCTETS + self.width):
            ttl = _TTL.unpack_from(octets, at)[0]
            ttl = max(least_s, min(0 if ttl > MAX_TTL_S else ttl, most_s))
            _TTL.pack_into(octets, at, ttl)
            lowest = min(lowest, ttl)
        return Everyday(bytes(octets), self.width, lowest, self.ad)

    def answer(self, asked: Asked) -> Answer:
        """The same, record by record."""
        records = tuple(
            Record(
                asked.name,
                asked.qtype,
                _TTL.unpack_from(self.section, at + _TTL_AT)[0],
                self.section[at + _RECORD_OCTETS : at + _RECORD_OCTETS + self.width],
            )
            for at in range(0, len(self.section), _RECORD_OCTETS + self.width)
        )
        return Answer(0, (), records, (), asked.name, self.ad)


def read_everyday(data: bytes, behind: int, qtype: int) -> Everyday | None:
    """Read a message whose id and question were found right; None when it is of another kind.

    behind   where its question ends
    qtype    that was asked for

    As in the full reading, the authority section counts for nothing beside an answer, and the additional
    section never does.
    """
    ad = _FLAGS.get(data[2:4])
    head = _SECTION_HEADS.get(qtype)
    counts = data[4:8]
    if ad is None or head is None or counts[:2] != b"\x00\x01":
        return None
    width = 4 if qtype == A else 16
    if counts == b"\x00\x01\x00\x01":  # one address, as most names have
        end = behind + _RECORD_OCTETS + width
        if len(data) < end:
            return None
        found, lowest, octets = _RECORD.unpack_from(data, behind)
        if found != head or octets != width or lowest > MAX_TTL_S:
            return None
        return Everyday(data[behind:end], width, lowest, ad)
    return _several(data, behind, head, width, ad)


def _several(data: bytes, behind: int, head: bytes, width: int, ad: bool) -> Everyday | None:
    count, step = data[6] << 8 | data[7], _RECORD_OCTETS + width
    section = data[behind : behind + count * step]
    if not 0 < count <= MAX_ADDRESSES or len(section) != count * step:
        return None
    lowest = MAX_TTL_S
    for at in range(0, len(section), step):
        found, ttl, octets = _RECORD.unpack_from(section, at)
        if found != head or octets != width or ttl > MAX_TTL_S:
            return None
        if ttl < lowest:
            lowest = ttl
    return Everyday(section, width, lowest, ad)
