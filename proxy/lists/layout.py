"""How is an index file laid out, byte by byte?

    header      HEADER_SIZE octets: magic, byte order mark, version, seed, file length, XXH3-128 of all that
                follows the header, section table (offset and length of each), XXH3-64 of the header
    records     every key with its postings, those of one bucket of the hash side by side: 0xFF, the key in
                UTF-8, 0xFE, the postings. A bucket is the lower bits of the key's hash
    starts      u32: where in the file each bucket begins, and where the last one ends
    front       one bit for each name's hash, and one for the hash of its last two labels; a name of which
                neither bit is set is listed nowhere, nor is anything above it
    sayings     u32 each: source << 8 | flags
    v4_starts   u32: where a segment of the IPv4 space begins; v4_sets: u32: which set covers it
    v6_high, v6_low, v6_sets   the same for IPv6, the address in two u64
    sets        2 x u32 each: first member, members; set 0 is empty
    members     u32: where in the file the records begin, the narrowest range first
    patterns    u32: where in the file the records of expressions begin
    meta        JSON: lists, categories, sources (list, category), counts, build time

A posting is saying and line, in digits to the base 36, with a space before each but the first: `int` and
`bytes.split` read them faster than a loop reads denser numbers. 0xFE and 0xFF stand in no digits and in no
UTF-8, so they stand only where a record or its postings begin.

Keys: a name as it is; a URL as `host/path`; `/host` for a host with listed URLs; `=range`; `~expression`.
Numbers are in the byte order of the machine that built the file; another machine refuses it.
"""

import struct
from enum import IntFlag
from typing import Final

import xxhash

from proxy.decision.listing import ListingKind

MAGIC: Final = b"SGINDEX\n"
VERSION: Final = 2
BYTE_ORDER: Final = 0x0102030405060708
SECTIONS: Final = (
    "records",
    "starts",
    "front",
    "sayings",
    "v4_starts",
    "v4_sets",
    "v6_high",
    "v6_low",
    "v6_sets",
    "sets",
    "members",
    "patterns",
    "meta",
)
WIDE: Final = frozenset({"v6_high", "v6_low"})

RECORD_MARK: Final = b"\xff"
POSTINGS_MARK: Final = b"\xfe"
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
PAIRS: Final = tuple((high + low).encode() for high in DIGITS for low in DIGITS)
SHORT: Final = tuple(pair.removeprefix(b"0") for pair in PAIRS)
BITS: Final = tuple(1 << bit for bit in range(8))

HEAD: Final = struct.Struct("=8sQIIQQ16s")
TABLE: Final = struct.Struct(f"={2 * len(SECTIONS)}Q")
HEADER_SIZE: Final = HEAD.size + TABLE.size + 8

URL_HOST_MARK: Final = "/"
ADDRESS_MARK: Final = "="
EXPRESSION_MARK: Final = "~"


class Flag(IntFlag):
    """What a posting says beside its list, category and line. SELF and BELOW are Reach's own bits."""

    SELF = 1
    BELOW = 2
    EXCEPTION = 4
    SPECIFIC = 8


def header(seed: int, length: int, checksum: bytes, table: list[tuple[int, int]]) -> bytes:
    """Write a header.

    length     of the whole file, octets
    checksum   XXH3-128 of everything after the header
    """
    flat = [number for pair in table for number in pair]
    head = HEAD.pack(MAGIC, BYTE_ORDER, VERSION, HEADER_SIZE, seed, length, checksum) + TABLE.pack(*flat)
    return head + xxhash.xxh3_64_digest(head)


def spelled(number: int) -> bytes:
    """Write one number of a posting; `int(digits, 36)` reads it."""
    if number < 1296:
        return SHORT[number]
    return spelled(number // 1296) + PAIRS[number % 1296]


def last_two_labels(name: bytes) -> bytes:
    """The part of a name that the front of an index knows.

    >>> last_two_labels(b"www.play.example.org"), last_two_labels(b"org")
    (b'example.org', b'org')
    """
    return name[name.rfind(b".", 0, name.rfind(b".")) + 1 :]


def kind_of(key: str) -> ListingKind:
    """Tell what kind of thing a key lists."""
    if key.startswith(ADDRESS_MARK):
        return ListingKind.ADDRESS
    if key.startswith(EXPRESSION_MARK):
        return ListingKind.EXPRESSION
    return ListingKind.URL if "/" in key else ListingKind.NAME


def rule_of(key: str) -> str:
    """The rule's text as a person knows it."""
    return key[1:] if key.startswith((ADDRESS_MARK, EXPRESSION_MARK)) else key
