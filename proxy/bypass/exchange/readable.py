"""What does a body say once letters that are written otherwise are letters again?

Front pages of web proxies write their titles as `&#85;&#108;...` and put soft hyphens into words, their
scripts write names as `\\x5f\\x5f`, and texts in an old Japanese coding may change to the letters that they
have already, inside a word, so that a search finds nothing. One step of each is undone, in one pass.
"""

import re

MAX_TITLE = 300
SAMPLE = 64
"""How many of its first octets tell how a text is written."""

# Letters of ASCII alone: what else is written as a number is no part of a mark.
_REFERENCE = re.compile(
    rb"&(?:#(?:x0*+(?:([2-7][0-9a-f])(?![0-9a-f])|(?:ad|200[b-f]|2060|feff))"
    rb"|0*+(?:(3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])(?![0-9])|(?:173|820[3-7]|8288|65279)));?"
    rb"|(?:shy|zwnj|zwj|ZeroWidthSpace);)",
    re.IGNORECASE,
)
_UNSEEN = re.compile(rb"\xe2(?:\x80[\x8b-\x8f]|\x81\xa0)")
"""Letters that nobody sees, but for the two that take one replacement each."""
_ESCAPE = re.compile(rb"\\(?:x|u00|u\{0*+)([2-7][0-9a-fA-F])\}?")
_SHIFT = re.compile(rb"\x1b\([BJ]")
"""From now on ASCII (ISO-2022-JP; WHATWG Encoding, section 12.2)."""
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_LETTERS = {b"%x%x" % (high, low): bytes((high * 16 + low,)) for high in range(2, 8) for low in range(16)}
_LETTERS |= {digits.upper(): letter for digits, letter in _LETTERS.items()}
_NUMBERED: dict[bytes | None, bytes] = {b"%d" % octet: bytes((octet,)) for octet in range(32, 127)}


def readable(body: bytes, *, is_page: bool = True) -> bytes:
    """The body with letters as letters, however they are written.

    is_page   references (`&#85;`) are undone too, not only escapes of scripts

    At most as long as what came in.
    """
    body = in_octets(body)
    if b"\0" in body:  # UTF-16 that does not begin like it; and pages are shown without them
        body = body.replace(b"\0", b"")
    if b"\x1b" in body:
        body = _SHIFT.sub(b"", body)
    if is_page:
        body = _without_references(body if body.isascii() else _without_unseen(body))
    return _without_escapes(body)


def in_octets(body: bytes) -> bytes:
    """A text of UTF-16 with one octet a letter, as browsers read it by its mark or by what its server says;
    letters beyond Latin-1 are left out. Anything else as it is.

    A text without a mark is told by its zeros: no other text has one in every second octet.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        little = body[:1] == b"\xff"
    elif b"\0" not in body[:SAMPLE] or len(body) < 2:
        return body
    else:
        sample = body[: min(SAMPLE, len(body)) & ~1]
        little = not any(sample[1::2])
        if not little and any(sample[::2]):
            return body
    text = body[: len(body) & ~1].decode("utf-16-le" if little else "utf-16-be", "ignore")
    return text.encode("latin-1", "ignore")


def title_of(body: bytes) -> bytes:
    """The title of a page, decoded, at most MAX_TITLE octets; b"" without one."""
    found = _TITLE.search(body)
    return _without_references(found.group(1)).strip()[:MAX_TITLE] if found else b""


def _without_unseen(body: bytes) -> bytes:
    for last, letter in ((b"\xad", b"\xc2\xad"), (b"\xbf", b"\xef\xbb\xbf")):
        if last in body:  # one octet is looked for ten times as fast as two
            body = body.replace(letter, b"")
    return _UNSEEN.sub(b"", body)


def _without_references(body: bytes) -> bytes:
    parts = _REFERENCE.split(body)  # text, digits (hexadecimal), digits (decimal), text ...
    letters = [
        _LETTERS[hexadecimal] if hexadecimal else _NUMBERED.get(decimal, b"")
        for hexadecimal, decimal in zip(parts[1::3], parts[2::3], strict=True)
    ]
    return _woven(parts[::3], letters)


def _without_escapes(body: bytes) -> bytes:
    parts = _ESCAPE.split(body)
    return _woven(parts[::2], [_LETTERS[digits] for digits in parts[1::2]])


def _woven(texts: list[bytes], letters: list[bytes]) -> bytes:
    if not letters:
        return texts[0]
    woven = [b""] * (2 * len(letters) + 1)
    woven[::2], woven[1::2] = texts, letters
    return b"".join(woven)
