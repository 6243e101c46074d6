"""Bodies are decoded as far as they are looked at, however they come, and no bomb costs more."""

import gzip
import random
import zlib

import brotli
import pytest
import zstandard

from addons.coded_bodies import FED, MAX_CODINGS, Decoding, decoded
from proxy.bypass.observed import MAX_BODY

TEXT = random.Random(1).randbytes(100_000).hex().encode()


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def gzip_file(data: bytes, flags: int = 0, more: bytes = b"") -> bytes:
    """A gzip file with these flags and what they promise behind its fixed fields."""
    trailer = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes((flags,)) + bytes(6) + more + raw_deflate(data) + trailer


def in_two_ways(raw: bytes, with_zlib: bytes) -> bytes:
    """What says one thing as raw deflate, and another (a block of Huffman's fixed codes) with zlib's head."""
    begun = b"\x78\x5e\x62\xa1\x9d" + with_zlib
    return begun + b" " * (0x625E + 5 - len(begun)) + raw_deflate(raw)


EMPTY = b"\0\0\xff\xff"
"""A stored block of nothing, without the octet that begins it."""

CODED = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip, in capitals": ("X-GZIP", gzip.compress),
    "deflate with zlib's head": ("deflate", zlib.compress),
    "deflate without": ("deflate", raw_deflate),
    "br": ("br", lambda data: brotli.compress(data, quality=1)),
    "zstd": ("zstd", zstd),
    "two codings": ("gzip, br", lambda data: brotli.compress(gzip.compress(data), quality=1)),
    "none": ("", bytes),
    "identity": ("identity", bytes),
}


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("piece", [4_000_000, 1000, 37])
def test_the_first_octets_are_read_in_whatever_pieces_they_come(name, piece):
    coding, code = CODED[name]
    data = code(TEXT)
    decoding = Decoding(coding)
    for at in range(0, len(data), piece):
        decoding.feed(data[at : at + piece])
    assert (decoding.body == TEXT[:MAX_BODY], decoding.length, decoding.is_full) == (True, MAX_BODY, True)


@pytest.mark.parametrize("name", CODED)
def test_a_short_body_is_read_whole(name):
    coding, code = CODED[name]
    assert decoded(code(b"a short page"), coding) == b"a short page"


@pytest.mark.parametrize("name", CODED)
def test_what_expands_without_end_is_read_no_further(name):
    coding, code = CODED[name]
    decoding = Decoding(coding)
    decoding.feed(code(bytes(40_000_000)))
    assert (decoding.body, decoding.is_full) == (bytes(MAX_BODY), True)


@pytest.mark.parametrize(
    ("coding", "data", "shown"),
    [
        pytest.param(
            "gzip", gzip.compress(b"page")[:-8] + bytes(8), b"page", id="gzip with a wrong checksum"
        ),
        pytest.param("gzip", gzip.compress(b"page")[:-8], b"page", id="gzip without its end"),
        pytest.param("gzip", gzip.compress(b"") + gzip.compress(b"page"), b"page", id="two gzip files"),
        pytest.param("gzip", gzip.compress(b"page") + b"more", b"page", id="gzip, then something else"),
        pytest.param("gzip", gzip_file(b"page", 2, b"no"), b"page", id="a wrong checksum of gzip's head"),
        pytest.param("gzip", gzip_file(b"page", 0xE0), b"page", id="reserved flags of gzip"),
        pytest.param(
            "gzip", gzip_file(b"pa") + gzip_file(b"ge", 0xE0), b"page", id="reserved flags of a second file"
        ),
        pytest.param("gzip", gzip_file(b"page", 31, b"\2\0abname\0word\0cs"), b"page", id="all of a head"),
        pytest.param("deflate", gzip_file(b"page"), b"page", id="gzip under another name"),
        pytest.param("gzip", zlib.compress(b"page"), b"page", id="zlib under another name"),
        pytest.param("deflate", b"\x78" + EMPTY + raw_deflate(b"page"), b"page", id="raw, begun as zlib is"),
        pytest.param(
            "deflate", b"\x08" + EMPTY + raw_deflate(b"page"), b"page", id="raw, and a small window"
        ),
        pytest.param(
            "deflate", zlib.compress(b"page")[:-4] + b"none", b"page", id="a wrong checksum of zlib"
        ),
        pytest.param("br", brotli.compress(b"page") + b"more", b"page", id="brotli, then something else"),
        pytest.param("zstd", zstd(b"pa") + zstd(b"ge"), b"page", id="two frames of zstd"),
        pytest.param("zstd", zstd(b"page") + b"more", b"page", id="zstd, then something else"),
        pytest.param("gzip", b"<html>plain", b"<html>plain", id="said to be gzip, and is not"),
        pytest.param("br", b"<html>plain", b"<html>plain", id="said to be brotli, and is not"),
        pytest.param("dcb", b"\x11\x22", b"\x11\x22", id="a coding that nobody here knows"),
        pytest.param("gzip, dcz", b"\x11\x22", b"\x11\x22", id="among others too"),
        pytest.param(",".join(["gzip"] * (MAX_CODINGS + 1)), b"\x1f\x8b", b"\x1f\x8b", id="too many codings"),
    ],
)
def test_what_is_broken_is_read_as_a_browser_shows_it_or_as_it_came(coding, data, shown):
    assert decoded(data, coding) == shown
    decoding = Decoding(coding)
    for at in range(len(data)):
        decoding.feed(data[at : at + 1])
    assert decoding.body == shown


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        pytest.param("gzip", gzip_file(b"page")[:10] + b"\7" + b"<script>", id="a broken first block"),
        pytest.param("gzip", b"<script>" + b" " * 100 + b"\1", id="no gzip, and no text"),
        pytest.param("deflate", b"\x78\x20" + raw_deflate(b"page"), id="a dictionary that nobody has"),
        pytest.param("br", b"\xff\xff\1\2", id="no brotli"),
        pytest.param("zstd", gzip_file(b"page"), id="gzip that is said to be zstd"),
        pytest.param("gzip, gzip", gzip_file(b"\1\2"), id="no gzip inside gzip"),
        pytest.param("deflate", in_two_ways(b"page", b"\x4b\x04\0"), id="raw and zlib at once"),
    ],
)
@pytest.mark.parametrize("piece", [1, 100_000])
def test_what_breaks_its_coding_and_is_no_text_is_unreadable(coding, data, piece):
    decoding = Decoding(coding)
    for at in range(0, len(data), piece):
        decoding.feed(data[at : at + piece])
    assert decoding.is_unreadable


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_text_that_says_it_is_coded_is_read_as_one(coding):
    text = "<html>\tOne\r\n\x1b\fé".encode() + b" " * 512 + b"\0"
    decoding = Decoding(coding)
    decoding.feed(text)
    assert (decoding.is_unreadable, decoding.body) == (False, text)


def test_who_hides_a_body_behind_what_a_decoder_skips_is_told():
    decoding = Decoding("gzip")
    decoding.feed(b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"a" * 1_000_000)
    assert not decoding.is_hiding
    decoding.feed(b"a" * 2_000_000)
    assert decoding.is_hiding


def test_a_long_body_that_says_enough_hides_nothing():
    decoding = Decoding()
    decoding.feed(b"x" * 5_000_000)
    assert (decoding.is_full, decoding.is_hiding) == (True, False)


def test_files_without_end_inside_a_body_are_not_read_for_ever():
    decoding = Decoding("gzip")
    for _ in range(40):
        decoding.feed(gzip.compress(b"") * 3_000)
    assert (decoding.length, decoding.is_hiding) == (0, True)


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("fed_at_once", [FED, 1000])
def test_a_body_is_read_on_piece_by_piece(name, fed_at_once):
    coding, code = CODED[name]
    data = code(TEXT)
    decoding, said, pieces = Decoding(coding, 50_000), b"", []
    for at in range(0, len(data), fed_at_once):
        decoding.feed(data[at : at + fed_at_once])
        while decoding.is_full:
            said += decoding.body
            pieces.append(decoding.length)
            decoding.go_on(7_000)
        assert decoding.before == len(said)
    said += decoding.body
    assert (said == TEXT, decoding.told, pieces[:2]) == (True, len(TEXT), [50_000, 7_000])


@pytest.mark.parametrize("piece", [4_000_000, 7])
def test_a_file_behind_one_that_is_longer_than_a_piece_is_read_too(piece):
    data = gzip.compress(b"a" * 100_000) + gzip.compress(b"b" * 50_000)
    decoding, said = Decoding("gzip", 65_536), b""
    for at in range(0, len(data), piece):
        decoding.feed(data[at : at + piece])
        while decoding.is_full:
            said += decoding.body
            decoding.go_on(65_536)
    assert said + decoding.body == b"a" * 100_000 + b"b" * 50_000


@pytest.mark.parametrize("name", [name for name in CODED if CODED[name][0] not in ("", "identity")])
def test_nothing_is_left_in_a_decoder_when_all_has_come(name):
    """Of a body that says little with many octets, and of one that says much with few."""
    coding, code = CODED[name]
    for text in (bytes(300_000) + b"the end", TEXT):
        decoding, said = Decoding(coding, 1000), b""
        decoding.feed(code(text))
        while decoding.is_full:
            said += decoding.body
            decoding.go_on(1000)
        assert said + decoding.body == text


def test_what_a_coding_inside_another_skips_does_not_hide_what_follows():
    named = b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"a" * 400_000 + b"\0" + gzip.compress(b"page")[10:]
    assert decoded(gzip.compress(named), "gzip, gzip") == b"page"


def test_a_long_name_in_front_costs_no_more_than_its_length():
    """All that is copied of the octets, over all the steps in which they are read, is linear in them."""
    sliced = 0

    class Counted(bytes):
        def __getitem__(self, key):
            nonlocal sliced
            got = super().__getitem__(key)
            sliced += len(got) if isinstance(key, slice) else 1
            return Counted(got) if isinstance(key, slice) else got

        def __add__(self, other):
            return Counted(super().__add__(other))

        def __radd__(self, other):
            return Counted(other + bytes(self))

    data = b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"a" * 1_000_000 + b"\0" + gzip.compress(b"page")[10:]
    assert decoded(Counted(data), "gzip") == b"page"
    assert len(data) <= sliced <= 4 * len(data)


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ("", False),
        ("identity", False),
        ("gzip, br", False),
        (",".join(["gzip"] * MAX_CODINGS), False),
        ("utf-8", False),
        ("none", False),
        (",".join(["gzip"] * (MAX_CODINGS + 1)), True),
        ("dcb", True),
        ("gzip, DCZ", True),
        ("compress", True),
        ("gzip, something", True),
    ],
)
def test_codings_that_somebody_else_reads_are_told(coding, expected):
    assert Decoding(coding).is_unreadable is expected
