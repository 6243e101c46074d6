"""Does one client send coded names below many domains in turn, as many below each?

Ordinary browsing meets coded names below hundreds of domains, and many below a few of them (advertising,
video, measurements). It does not meet so many below each of so many as MANY says. The domains that have most
are kept: one too many takes the place of the one least seen, so that domains in turn are found however many
they are, as long as each has its share before some 1,400 names were met. Then counting begins anew.

State: at most some 500 octets.
"""

from zlib import crc32

from proxy.bypass.dns.payload import Payload

MAX_ZONES = 16
COUNTED = 5
"""Octets of a domain's hash, and of its names' number."""
MANY = ((12, 8), (5, 40))
"""So many domains, with so many names below each."""
BITS = 2048
_MOST = 255


class Breadth:
    """The figures of one client.

    is_found   it sends data; stays so until its figures are let go of
    """

    __slots__ = ("_counts", "_met", "is_found")

    def __init__(self) -> None:
        self._counts, self._met, self.is_found = b"", 0, False

    def add(self, text: str, zone: bytes) -> bool:
        """Count a name, once; say whether it was not met before.

        zone   four octets of a hash of its domain
        """
        bit = 1 << crc32(text.encode("utf-8", "replace")) % BITS
        if self._met & bit:
            return False
        if self._met.bit_count() >= BITS // 2:
            self._counts, self._met = b"", 0  # else new names would soon be taken for met ones
        self._met |= bit
        if not self.is_found:
            self._counts = with_one_more(self._counts, zone, MAX_ZONES)
            numbers = self._counts[COUNTED - 1 :: COUNTED]
            self.is_found = any(sum(number >= each for number in numbers) >= zones for zones, each in MANY)
        return True


def is_coded(payload: Payload) -> bool:
    """Say whether a name is one that is counted."""
    return payload.is_encoded or payload.is_short_code


def with_one_more(counts: bytes, zone: bytes, most: int) -> bytes:
    """Count a name for a domain, of at most so many. One too many takes the place of the least seen, of the
    newest among equals: else domains in turn would push each other out before any had two."""
    places = range(0, len(counts), COUNTED)
    for place in places:
        if counts[place : place + 4] == zone:
            count = min(counts[place + 4] + 1, _MOST)
            return counts[: place + 4] + bytes((count,)) + counts[place + COUNTED :]
    if len(counts) == most * COUNTED:
        least = min(reversed(places), key=lambda place: counts[place + 4])
        counts = counts[:least] + counts[least + COUNTED :]
    return counts + zone + b"\1"
