"""What may a text stand for, by the codings that web proxies write addresses in?

Each coding is told by the first characters, because an address begins with `http`; only then is the rest
decoded. Keys and shifts need not be known: what turns the beginning into `https://` is the key.
"""

import base64
import binascii
import re
from collections.abc import Iterator

MIN_CODED = 12
HIDING = frozenset({"base64", "base32", "hex", "glype", "xor", "shift", "reversed"})

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+[=.~*]{0,3}\Z")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_EIGHT = re.compile(r"[A-Za-z0-9+/_-]{8}")
_OF_HEX = frozenset("0123456789abcdefABCDEF")
_TO_STANDARD = str.maketrans("-_", "+/")
_BACKWARDS = ("c0RHa", "07474786")
"""How base64 and hex of an address end when they are written backwards."""
_H_T, _H_S = ord("h") ^ ord("t"), frozenset({ord("h") ^ ord("s"), ord("h") ^ ord(":")})
"""What the first character differs from the third, and from the fifth, under any such key."""

_HTTPS, _HTTP = int.from_bytes(b"https://"), int.from_bytes(b"http://\0")
_ALL, _SEVEN = 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF00
_PERIODS = ((1, 56, 0x0101010101010101), (2, 48, 0x0001000100010001), (4, 32, 0x0000000100000001))
"""A key's length, how far its first copy stands from the right of eight octets, and what repeats it."""

_FIRST, _PRINTED = 33, 94
"""The characters of ASCII that are printed, without the space; rot47 goes round in them."""


def decoded(text: str) -> list[tuple[str, str]]:
    """Return what a text of at least MIN_CODED characters may stand for, each with the coding's name."""
    found: list[tuple[str, str]] = []
    if text[1] == text[2]:
        found.extend(_unshifted(text))
    if _may_be_keyed(ord(text[0]), ord(text[2]), ord(text[4])) or "hvtr" in text:
        plain = unkeyed(text)
        if plain:
            found.append((plain, "xor"))
    if "ptth" in text[-8:] or text.endswith(_BACKWARDS):
        found.append((text[::-1], "reversed"))
    if _EIGHT.match(text):
        if text[:6].upper() == "NB2HI4":
            found.extend(_base32(text))
        if text[7] in _OF_HEX and _HEX.match(text):
            found.extend(_printed(bytes.fromhex(text), "hex"))
        elif begins_like_base64(text):
            octets = _base64(text)
            if octets.startswith((b"s://", b"://")):
                found.append(("http" + octets.decode("latin-1"), "glype"))
            elif octets:
                found.extend(_printed(octets, "base64"))
    return found


def begins_like_base64(text: str) -> bool:
    """Say whether a text begins with base64, and that with text or a keyed address."""
    if not _EIGHT.match(text):
        return False
    begins = text[:8]
    if "-" in begins or "_" in begins:
        begins = begins.translate(_TO_STANDARD)
    first = binascii.a2b_base64(begins)
    if first.isascii():
        return first.decode("ascii").isprintable()
    return _may_be_keyed(first[0], first[2], first[4])


def _may_be_keyed(first: int, third: int, fifth: int) -> bool:
    """Whether one key of one, two or four characters can lie on the beginning of `https:` or `http:`."""
    return first ^ third == _H_T or first ^ fifth in _H_S


def unkeyed(text: str) -> str:
    """The address that a key of one, two or four characters hides by exclusive or; "" when there is none.

    Ultraviolet's is one of two characters, the first of them 0.
    """
    begins = text.find("hvtr")
    octets = text[max(begins, 0) :].encode("latin-1", "replace")
    if len(octets) < MIN_CODED:
        return ""
    first = int.from_bytes(octets[:8])
    key = _key(first)
    if not key:
        return ""
    whole = key * (len(octets) // len(key) + 1)
    plain = int.from_bytes(octets) ^ int.from_bytes(whole[: len(octets)])
    return plain.to_bytes(len(octets)).decode("latin-1")


def _key(first: int) -> bytes:
    """The key that turns an address's beginning into eight octets; b"" when none does."""
    for beginning, compared in ((_HTTPS, _ALL), (_HTTP, _SEVEN)):
        difference = (first ^ beginning) & compared
        for length, distance, repeat in _PERIODS:
            if difference and (difference >> distance) * repeat & compared == difference:
                return (difference >> distance).to_bytes(length)
    return b""


def _unshifted(text: str) -> Iterator[tuple[str, str]]:
    """Letters shifted round the alphabet (rot13), or all characters round what is printed (rot47)."""
    begins = text[:4].lower()
    by = (ord(begins[0]) - ord("h")) % 26
    if ":" in text[4:6] and by and begins == _letters("http", by):
        yield _letters(text, -by), "shift"
    by = (ord(text[0]) - ord("h")) % _PRINTED
    if by and text[:4] == _printable("http", by):
        yield _printable(text, -by), "shift"


def _letters(text: str, by: int) -> str:
    small, large = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    by %= 26
    table = str.maketrans(small + large, small[by:] + small[:by] + large[by:] + large[:by])
    return text.translate(table)


def _printable(text: str, by: int) -> str:
    codes = ((ord(c) - _FIRST + by) % _PRINTED + _FIRST if 33 <= ord(c) < 127 else ord(c) for c in text)
    return "".join(map(chr, codes))


def _printed(octets: bytes, way: str) -> Iterator[tuple[str, str]]:
    text = octets.decode("latin-1").strip(" \t\r\n\0")
    if text.isascii() and text.isprintable():
        yield text, way
    elif len(text) >= MIN_CODED:
        plain = unkeyed(text)
        if plain:
            yield plain, way


def _base64(text: str) -> bytes:
    """The octets of base64 in either alphabet, padded or not; b"" when it is none."""
    if not _BASE64.match(text):
        return b""
    text = text.rstrip("=.~*").translate(_TO_STANDARD)
    if len(text) % 4 == 1:
        text = text[:-1]
    return binascii.a2b_base64(text + "=" * (-len(text) % 4))


def _base32(text: str) -> Iterator[tuple[str, str]]:
    text = text.rstrip("=").upper()
    try:
        yield from _printed(base64.b32decode(text + "=" * (-len(text) % 8)), "base32")
    except ValueError:  # other letters, or none that end so
        return
