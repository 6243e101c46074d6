"""What has one client asked below one registered domain, in figures of fixed size?

A row has no list of names: it counts distinct ones by bits of a hash, and remembers of the first one
which of its characters all later ones share. Hashes that an antivirus looks up share none; the
numbers of a session, a user or a client stand at the same place in each message of a tunnel.
"""

import re
from zlib import crc32

from proxy.bypass.dns.grammar import dnscat_packet, dnstt_client, iodine_kind
from proxy.bypass.dns.payload import Payload, is_hex
from proxy.decision.signs import Consequence

BITS = 512
"""Distinct names are counted by so many bits: a few in a hundred are missed while they are below eighty."""
KINDS = ("v", "l", "i", "z", "y", "s", "o", "r", "n", "p", "data")
"""Kinds of iodine's messages, each a bit of `iodine_kinds`."""
KEPT = 40
"""So many characters of the first name are compared with those of later ones."""

LEAST_HASH = 10
"""Hexadecimal digits of the shortest hash that stands between words."""
LEAST_DATA = 16
"""Hexadecimal digits of the shortest label that counts as data."""
MAX_POLLED = 4
"""Labels of a name that is asked for again and again, at most."""
_NUMBER = re.compile(r"(?=[a-f]{0,9}[0-9])[0-9a-f]{4,10}\Z")
"""A client's number in hexadecimal digits; a word of these letters alone is none."""


class ZoneRow:
    """The figures; a caller adds each counted question, then reads them.

    distinct    names, at most about 400
    asked       questions
    chars       characters that the distinct names carry
    repeated    distinct names that were asked for again
    rare        distinct names that were first asked for a record that few programmes ask for
    tunnel      questions for records that tunnels alone ask for
    coded_mail  distinct names that look like octets in text, first asked for servers of mail or services
    encoded     distinct names that look like octets in text
    codes       distinct names with a label of four or five characters that is no word
    hexes       distinct names whose longest label is of hexadecimal digits, hyphens aside
    even        of those, names with as many digits as the first name has
    cased       distinct names in which capitals and small letters are mixed
    steps       distinct names with a number that is one more than one in the name before
    negative    distinct names first answered with "no such name", or with an address of 127.0.0.0/8
    positive    distinct names first answered with anything else
    widest      characters of the first name's longest label, or of the digits in it
    lengths     a bit for each length met, modulo 64
    dnscat, dnstt, iodine   distinct names that continue a session of these tools
    polls       times that the last short name which begins with a number was asked for
    beacons     distinct names with long hexadecimal data below such a name that is asked for again and again
    verdict     what the row was found to be, and how sure that is
    """

    __slots__ = (
        "_again", "_alike", "_bits", "_first", "_numbers", "_polled", "_session", "asked", "beacons", "cased",
        "chars", "coded_mail", "codes", "distinct", "dnscat", "dnstt", "encoded", "even", "hexes", "iodine",
        "iodine_kinds", "last", "lengths", "negative", "polls", "positive", "rare", "repeated", "steps",
        "tunnel", "verdict", "widest",
    )  # fmt: skip

    def __init__(self, at: float) -> None:
        self.last = at
        self.distinct = self.asked = self.chars = self.rare = self.tunnel = self.encoded = self.hexes = 0
        self.negative = self.lengths = self.dnscat = self.dnstt = self.iodine = self.iodine_kinds = 0
        self.cased = self.steps = self.widest = self.polls = self.beacons = self.repeated = self._again = 0
        self.positive = self.codes = self.even = self.coded_mail = 0
        self._polled = ""
        self._numbers: tuple[int, ...] = ()
        self._bits = self._alike = 0
        self._first = ""
        self._session = b""
        self.verdict: tuple[str, Consequence] | None = None

    def add(self, payload: Payload, at: float, *, is_rare: bool, is_tunnel: bool, is_echo: bool) -> bool:
        """Count one question; True when its name was not met before.

        is_echo   for a name met before, the question belongs to the one before it and is not counted
        """
        text = ".".join(payload.labels)
        self.last = at
        bit = bit_of(text)
        is_new = not self._bits & bit
        if is_echo and not is_new:
            return False
        self.asked += 1
        self.tunnel += is_tunnel
        self.poll(payload)
        if not is_new:
            self.repeated += not self._again & bit
            self._again |= bit
            return False
        self._bits |= bit
        self.rare += is_rare
        self.distinct += 1
        width, is_of_digits = _data(payload)
        self.widest = self.widest or width
        self.chars += len(text)
        self.lengths |= 1 << len(text) % 64
        self.encoded += payload.is_encoded
        self.codes += payload.is_short_code
        self.hexes += is_of_digits
        self.even += is_of_digits and width == self.widest
        self.cased += payload.is_cased
        numbers = payload.numbers
        self.steps += any(number - 1 in self._numbers for number in numbers)
        self._numbers = numbers
        self._compare(text)
        self._follow(payload)
        if self.polls >= 2 and text.endswith(self._polled):
            self.beacons += any(len(label) >= LEAST_DATA and is_hex(label) for label in payload.labels)
        return True

    def is_single(self, payload: Payload) -> bool:
        """Say whether a name was asked for once."""
        bit = bit_of(".".join(payload.labels))
        return bool(self._bits & bit) and not self._again & bit

    def poll(self, payload: Payload) -> None:
        """Note a name that does nothing but ask for orders: a number, with the tunnel's own labels behind."""
        if len(payload.labels) > MAX_POLLED or not _NUMBER.match(payload.labels[0]):
            return
        text = "." + ".".join(payload.labels)
        if text == self._polled:
            self.polls += 1
        elif len(text) <= KEPT:
            self._polled, self.polls = text, 1

    def _compare(self, text: str) -> None:
        if not self._first:
            self._first = text[:KEPT]
            self._alike = (1 << len(self._first)) - 1
            return
        if self._alike:
            for place, one in enumerate(self._first):
                if self._alike >> place & 1 and (place >= len(text) or text[place] != one):
                    self._alike &= ~(1 << place)

    def _follow(self, payload: Payload) -> None:
        """Count what continues a session: the same number at the place where each tool has it."""
        begun = False
        for text in payload.beginnings():
            packet = dnscat_packet(text)
            if packet:
                self.dnscat = self.dnscat + 1 if packet[3:5] == self._session else 1
                self._session, begun = packet[3:5], True
                break
            client = dnstt_client(text)
            if client:
                self.dnstt = self.dnstt + 1 if client == self._session else 1
                self._session, begun = client, True
                break
        if not begun:
            self._session = b""
        kind = iodine_kind(payload.labels[0])
        if kind:
            self.iodine += 1
            self.iodine_kinds |= 1 << KINDS.index(kind)

    @property
    def worth(self) -> tuple[bool, int, float]:
        """For comparing rows: what was found out counts most, then how many names, then how lately."""
        return self.verdict is not None, self.distinct, self.last

    @property
    def shared(self) -> int:
        """How many of the first KEPT characters all distinct names share within labels that differ.

        Hyphens do not count, and neither does a label that is the same in all: that is a service's name.
        """
        count = at = 0
        for label in self._first.split("."):
            alike = [one for place, one in enumerate(label, at) if self._alike >> place & 1]
            count += sum(one != "-" for one in alike) if len(alike) < len(label) else 0
            at += len(label) + 1
        return count


def bit_of(text: str) -> int:
    """The bit by which a name is counted as met."""
    return 1 << (crc32(text.encode("utf-8", "replace")) % BITS)


def _data(payload: Payload) -> tuple[int, bool]:
    """How long the data in the longest label is, and whether it is of hexadecimal digits.

    A hash may stand between words (`img-<hash>-cdn`); a device's number has hyphens within.
    """
    label = max(payload.labels, key=len)
    if is_hex(label.replace("-", "")):
        return len(label), True
    piece = max(label.split("-"), key=len)
    return (len(piece), True) if len(piece) >= LEAST_HASH and is_hex(piece) else (len(label), False)
