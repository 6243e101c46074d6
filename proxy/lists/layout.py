"""How is an index file laid out, byte by byte?

    header      HEADER_SIZE octets: magic, byte order mark, version, seed, file length, XXH3-128 of all that
                follows the header, section table (offset and length of each), XXH3-64 of the header
    meta        JSON: lists, categories, sources (list, category), counts, build time
    slots       hash table of u64: upper half a tag of the key's hash, lower half record number + 1; 0: free
    records     4 x u32 each: key offset, key length, first posting, postings
    postings    u64 each: line << 32 | source << 8 | flags
    v4_starts   u32: where a segment of the IPv4 space begins; v4_sets: u32: which set covers it
    v6_high, v6_low, v6_sets   the same for IPv6, the address in two u64
    sets        2 x u32 each: first member, members; set 0 is empty
    members     u32: record numbers, the narrowest range first
    patterns    u32: record numbers of expressions
    strings     the keys, UTF-8

Keys: a name as it is; a URL as `host/path`; `/host` for a host with listed URLs; `=range`; `~expression`.
Numbers are in the byte order of the machine that built the file; another machine refuses it.
"""

import struct
from enum import IntFlag
from typing import Final

import xxhash

from proxy.decision.listing import ListingKind

MAGIC: Final = b"SGINDEX\n"
VERSION: Final = 1
BYTE_ORDER: Final = 0x0102030405060708
SECTIONS: Final = (
    "meta",
    "slots",
    "records",
    "postings",
    "v4_starts",
    "v4_sets",
    "v6_high",
    "v6_low",
    "v6_sets",
    "sets",
    "members",
    "patterns",
    "strings",
)
WIDE: Final = frozenset({"slots", "postings", "v6_high", "v6_low"})

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
