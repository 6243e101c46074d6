"""Is this an upstream's everyday answer: one or more addresses of the very name that was asked, and no more?

Most answers are. They are kept and passed on as the octets that came, with their TTLs brought within
bounds; whatever looks otherwise is read record by record (`records.read_message`).
"""

from struct import Struct

from proxy.dns.records import AAAA, MAX_TTL_S, A, Answer, Asked, Record
from proxy.dns.wire import HEADER_OCTETS

MAX_ADDRESSES = 32

_SECTION_HEADS = {A: b"\xc0\x0c\x00\x01\x00\x01", AAAA: b"\xc0\x0c\x00\x1c\x00\x01"}
_WIDTHS = {A: 4, AAAA: 16}
_TTL = Struct("!I")
_RECORD_OCTETS = 12  # of a record before its data, its owner being a pointer
_TTL_AT = 6


class Everyday:
    """The answer section of such an answer, behind a question of the asked name.

    section    octets, owners written as pointers to the question
    ttl_s      the smallest TTL, bounded
    ad         the upstream vouches for it
    """

    __slots__ = ("ad", "section", "ttl_s", "width")

    def __init__(self, section: bytes, width: int, ttl_s: int, ad: bool) -> None:
        self.section, self.width, self.ttl_s, self.ad = section, width, ttl_s, ad

    @property
    def count(self) -> int:
        """How many addresses there are."""
        return len(self.section) // (_RECORD_OCTETS + self.width)

    def packed_addresses(self) -> list[bytes]:
        """The addresses, packed, in order."""
        step = _RECORD_OCTETS + self.width
        return [self.section[at : at + self.width] for at in range(_RECORD_OCTETS, len(self.section), step)]

    def bounded(self, least_s: int, most_s: int) -> "Everyday":
        """The same with every TTL brought within bounds."""
        if least_s <= self.ttl_s <= most_s and len(self.section) == _RECORD_OCTETS + self.width:
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


def read_everyday(data: bytes, asked: Asked) -> Everyday | None:
    """Read a message whose id and question were found right; None when it is of another kind.

    As in the full reading, the authority section counts for nothing beside an answer, and the additional
    section never does.
    """
    head = _SECTION_HEADS.get(asked.qtype)
    if head is None or data[3] & 0x0F or data[2] & 0x7A or data[4:6] != b"\x00\x01":
        return None
    count = data[6] << 8 | data[7]
    width = _WIDTHS[asked.qtype]
    step = _RECORD_OCTETS + width
    begin = HEADER_OCTETS + len(asked.name) + 4
    section = data[begin : begin + count * step]
    if not 0 < count <= MAX_ADDRESSES or len(section) != count * step:
        return None
    lowest = MAX_TTL_S
    for at in range(0, len(section), step):
        if section[at : at + 6] != head or section[at + 10] or section[at + 11] != width:
            return None
        ttl = _TTL.unpack_from(section, at + _TTL_AT)[0]
        if ttl < lowest:
            lowest = ttl
        elif ttl > MAX_TTL_S:
            return None
    return Everyday(section, width, lowest, bool(data[3] & 0x20))
