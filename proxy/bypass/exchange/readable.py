"""What does a body say once letters that are written as numbers are letters again?

Front pages of web proxies write their titles as `&#85;&#108;...` and put soft hyphens into words, and their
scripts write names as `\\x5f\\x5f`, so that a search for the words finds nothing. One step of each is
undone, in one pass, for at most MAX_UNDONE letters, and only where a body has many of them.
"""

import re

MANY = 12
"""How many numbered letters make a body worth reading a second time."""
MAX_UNDONE = 8000
MAX_TITLE = 300
SAMPLE = 64
"""How many of its first octets tell how a text is written."""

# Letters of ASCII alone: what else is written as a number is no part of a mark.
_REFERENCE = re.compile(
    rb"&#(?:x0{0,4}([2-7][0-9a-f])(?![0-9a-f])|0{0,4}(3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])(?![0-9]));?"
    rb"|&(?:shy|zwnj|zwj|ZeroWidthSpace);|&#(?:173|xad|820[3-7]|8288|65279);?|\xc2\xad|\xe2\x80[\x8b-\x8f]",
    re.IGNORECASE,
)
_ESCAPE = re.compile(rb"\\(?:x|u00|u\{)([2-7][0-9a-fA-F])\}?")
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)


def readable(body: bytes, *, is_page: bool = True) -> bytes:
    """The body with numbered letters written as letters, or the same body where there are few.

    is_page   references (`&#85;`) are undone too, not only escapes of scripts

    At most as long as what came in.
    """
    if is_page and body.count(b"&#") + body.count(b"&shy;") + body.count(b"\xc2\xad") >= MANY:
        body = _REFERENCE.sub(_letter, body, MAX_UNDONE)
    if body.count(b"\\x") + body.count(b"\\u") >= MANY:
        body = _ESCAPE.sub(_octet, body, MAX_UNDONE)
    return body


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
    return _REFERENCE.sub(_letter, found.group(1)).strip()[:MAX_TITLE] if found else b""


def _letter(found: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = found.groups()
    if hexadecimal:
        return bytes((int(hexadecimal, 16),))
    return bytes((int(decimal),)) if decimal else b""


def _octet(found: re.Match[bytes]) -> bytes:
    return bytes((int(found.group(1), 16),))
