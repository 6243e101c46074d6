"""Does one client send coded names below a few domains in turn, so that none of them has many?

Ordinary browsing meets such names too, one or two below each of very many domains: of more than MAX_ZONES
nothing is concluded of names for addresses, and counting begins anew.

What browsing does not meet is counted however many domains there are (and as many below each: `breadth`):
* names of more than VAST characters below their domain, or of VAST_RARE and no hash where they are asked for
  a record that few ask for: of MANY_VAST distinct ones no more pass;
* names for such records, below the MAX_ZONES domains that have most of them: a domain too many takes the
  place of the one least seen. Of EACH_RARE below each, on average, no more pass.
"""

from zlib import crc32

from proxy.bypass.dns.breadth import COUNTED, Breadth, with_one_more
from proxy.bypass.dns.payload import Payload, is_hex
from proxy.bypass.dns.zone_row import bit_of
from proxy.decision.signs import Consequence

MAX_ZONES = 16
EACH = 4
"""So many names below each domain, on average, are more than a page's own."""
LONG = 30
"""Characters of a name that is counted; half of that where it is asked for a record that few ask for."""
LEAST = 24
"""Distinct names before anything is said."""
VAST, VAST_RARE = 80, 60
"""A hash has no more characters, with what stands behind it; neither has a selector of mail's keys."""
MANY_VAST = 24
EACH_RARE = 8
"""A domain has a few keys for mail, with selectors that look like data."""


class Spread:
    """The figures over all domains of one client, as those of a ZoneRow.


    last     when something was counted last
    vast     distinct names that are longer than any that browsing meets, and how many ask for rare records
    vast_rare
    """

    __slots__ = (
        "_again", "_bits", "_breadth", "_rares", "_zones", "chars", "distinct", "hexes", "last",
        "rare", "repeated", "vast", "vast_rare",
    )  # fmt: skip

    def __init__(self, at: float) -> None:
        self.last = at
        self._breadth = Breadth()
        self._zones = self._rares = b""
        self.vast = self.vast_rare = 0
        self._begin()

    def _begin(self) -> None:
        self._bits = self._again = 0
        self.distinct = self.repeated = self.chars = self.rare = self.hexes = 0

    def add(self, payload: Payload, at: float, *, is_rare: bool, is_echo: bool) -> None:
        """Count a coded name."""
        self.last = at
        zone = crc32(payload.zone.encode()).to_bytes(4)
        text = ".".join((*payload.labels, payload.zone))
        is_new = self._breadth.add(f"{text}." if is_rare else text, zone)
        if is_data(payload, is_rare=is_rare):
            if is_new:
                self._count_all(payload, zone, is_rare=is_rare)
            self._add_long(payload, text, zone, is_rare=is_rare, is_echo=is_echo)

    def _add_long(self, payload: Payload, text: str, zone: bytes, *, is_rare: bool, is_echo: bool) -> None:
        if not any(self._zones[place : place + 4] == zone for place in range(0, len(self._zones), 4)):
            if self.zones == MAX_ZONES:
                self._zones = b""
                self._begin()
            self._zones += zone
        bit = bit_of(text)
        if self._bits & bit:
            self.repeated += not is_echo and not self._again & bit
            self._again |= 0 if is_echo else bit
            return
        self._bits |= bit
        self.distinct += 1
        self.chars += len(text) - len(payload.zone) - 1
        self.rare += is_rare
        self.hexes += _is_hash(payload)

    def _count_all(self, payload: Payload, zone: bytes, *, is_rare: bool) -> None:
        """Count a name that browsing does not meet, however many domains there are."""
        is_vast = _is_vast(payload, is_rare=is_rare)
        self.vast += is_vast
        self.vast_rare += is_vast and is_rare
        if is_rare and not _is_hash(payload):
            self._rares = with_one_more(self._rares, zone, MAX_ZONES)

    def verdict(self, payload: Payload, *, is_rare: bool) -> Consequence | None:
        """What the figures say of a name just counted; those of all domains speak of their like alone."""
        found = self._verdict_on_long(payload, is_rare=is_rare) if is_data(payload, is_rare=is_rare) else None
        return Consequence.BLOCK if found is None and self._breadth.is_found else found

    def _verdict_on_long(self, payload: Payload, *, is_rare: bool) -> Consequence | None:
        if self.vast >= MANY_VAST and _is_vast(payload, is_rare=is_rare):
            is_sure = self.vast_rare >= 0.5 * self.vast
            return Consequence.INCIDENT if is_sure else self.consequence or Consequence.BLOCK
        is_much = sum(self._rares[COUNTED - 1 :: COUNTED]) >= EACH_RARE * MAX_ZONES
        if is_much and is_rare and len(self._rares) == MAX_ZONES * COUNTED and not _is_hash(payload):
            return self.consequence or Consequence.BLOCK
        return self.consequence

    @property
    def zones(self) -> int:
        """Below how many domains."""
        return len(self._zones) // 4

    @property
    def consequence(self) -> Consequence | None:
        """What the figures come to: names for addresses alone accuse nobody."""
        if self.zones < 2 or self.distinct < max(LEAST, EACH * self.zones):
            return None
        if self.repeated > 0.4 * self.distinct or self.hexes >= 0.95 * self.distinct:
            return None  # pages are opened again; hashes are an antivirus's
        if self.rare >= 0.5 * self.distinct:
            return Consequence.INCIDENT
        is_much = self.distinct >= 2 * LEAST and self.chars >= 40 * self.distinct
        return Consequence.BLOCK if is_much else None


def is_data(payload: Payload, *, is_rare: bool) -> bool:
    """Say whether a name is long and coded, as one that carries data is."""
    size = sum(len(label) for label in payload.labels)
    return size >= (LONG // 2 if is_rare else LONG) and payload.is_encoded


def _is_vast(payload: Payload, *, is_rare: bool) -> bool:
    size = sum(len(label) for label in payload.labels)
    return size > VAST or (is_rare and size >= VAST_RARE and not _is_hash(payload))


def _is_hash(payload: Payload) -> bool:
    """Say whether the longest label is of hexadecimal digits alone."""
    return is_hex(max(payload.labels, key=len).replace("-", ""))
