"""The heads of compressed bodies are read as browsers read them, in whatever pieces they come."""

import zlib

import pytest

from addons.gzip_heads import RAW, WITH_ZLIB, BothWays, form_of, stepping_over_head

PLAIN = b"\x1f\x8b\x08\0\0\0\0\0\0\3"


def behind(data: bytes, piece: int, after: int = 0) -> bytes | None:
    stepping = stepping_over_head(after=after)
    for at in range(0, len(data), piece):
        try:
            stepping.send(data[at : at + piece])
        except StopIteration as over:
            return over.value + data[at + piece :]
    return None


def head(flags: int, more: bytes) -> bytes:
    return PLAIN[:3] + bytes((flags,)) + PLAIN[4:] + more


@pytest.mark.parametrize("piece", [1, 3, 1000])
@pytest.mark.parametrize(
    ("data", "after"),
    [
        pytest.param(PLAIN, 0, id="nothing but what each has"),
        pytest.param(head(1, b""), 0, id="said to be text"),
        pytest.param(head(2, b"cs"), 0, id="a checksum"),
        pytest.param(head(4, b"\3\0abc"), 0, id="fields of programs"),
        pytest.param(head(8, b"name\0"), 0, id="a name"),
        pytest.param(head(16, b"word\0"), 0, id="a comment"),
        pytest.param(head(24, b"\0\0"), 0, id="both, and empty"),
        pytest.param(head(30, b"\1\0aname\0word\0cs"), 0, id="all"),
        pytest.param(head(0xE0, b""), 0, id="reserved flags"),
        pytest.param(b"12345678" + PLAIN, 8, id="the trailer of another in front"),
    ],
)
def test_a_head_is_stepped_over(data, after, piece):
    assert behind(data + b"rest", piece, after) == b"rest"


@pytest.mark.parametrize("data", [b"\x1e", b"\x1f\x8c", b"\x1f\x8b\x07", b"<html>"])
def test_what_is_no_head_is_told_at_once(data):
    with pytest.raises(zlib.error):
        behind(data, 1)


def test_a_head_that_does_not_end_is_waited_for():
    assert behind(head(8, b"a" * 5000), 100) is None


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\x78", None, id="half a head"),
        pytest.param(b"\x78\x9c\x4b\x04", None, id="a head, and too little to be sure"),
        pytest.param(zlib.compress(b"page")[:5], WITH_ZLIB, id="a head of zlib"),
        pytest.param(b"\x4b", RAW, id="no method of zlib"),
        pytest.param(b"\x88\x1c\0\0\xff", RAW, id="too large a window"),
        pytest.param(b"\x78\x9d", RAW, id="wrong check bits"),
        pytest.param(b"\x78\x20", RAW, id="a dictionary"),
    ],
)
def test_the_form_of_deflate_shows_in_its_first_octets(begun, expected):
    assert form_of(begun) == expected


def test_what_has_two_forms_is_told():
    with pytest.raises(BothWays):
        form_of(b"\x78\x5e\x62\xa1\x9d")
