"""Is what was asked for a name at all?

A resolver must not hand a hostile spelling on: some upstreams and programmes stumble over it, and tools
that carry octets in names (iodine's base128) use it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.signs import Sign

MAX_TEXT = 1024
"""How many characters of a name are ever looked at; a valid one has 253, or 1,004 in escapes."""
_ESCAPE = re.compile(r"\\(?:[0-9]{3}|.)", re.DOTALL)
# Service discovery names printers and people as they are called, in any script (RFC 6763, section 4.1.1).
_SERVICE = re.compile(r"(?:^|\.)_(?:tcp|udp|dns-sd)(?:\.|$)", re.IGNORECASE)


def host_of(name: str) -> str:
    """A question's name in its canonical spelling; "" for what is no host's name."""
    return _host_of(name) if len(name) <= MAX_TEXT else ""


@lru_cache(maxsize=2048)
def _host_of(name: str) -> str:
    try:
        return canonical_host(name)
    except NameProblem:
        return ""


def octets_of(name: str) -> bytes | None:
    """A name's octets, its labels parted by full stops and its escapes undone; None for what has no octets.

    Octets above 126 may be written as they are (a recording's Latin-1) or as `\\ddd`.
    """
    text = _ESCAPE.sub(_unescaped, name[:MAX_TEXT])
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _unescaped(found: re.Match[str]) -> str:
    text = found[0][1:]
    return chr(int(text) & 0xFF) if len(text) == 3 else text


def malformed(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a name that is longer than a name can be, or holds octets that no host's name has."""
    name = question.name
    if not name or name == "." or (host_of(name) and name.isascii()):
        return
    why = _what_is_wrong(name) if not host_of(name) else _not_letters(name)
    if why:
        yield knowledge.sign("dns.malformed", 0.9, {"name": name, "wrong": why})


def _not_letters(name: str) -> str:
    """Say so of a label made of the octets that base128 uses, which a recording may show as Latin-1."""
    for label in name.split("."):
        high = sum("\xbc" <= one <= "\xfd" for one in label)
        if high >= 4 and high >= 0.3 * len(label):
            return f"{high} octets that no name has"
    return ""


def _what_is_wrong(name: str) -> str:
    if len(name) > MAX_TEXT:
        return "longer than a name can be"
    octets = octets_of(name) or b""
    labels = octets.removesuffix(b".").split(b".")
    if len(octets) > 254 or any(len(label) > 63 for label in labels):
        return "longer than a name can be"
    if not all(labels):
        return "an empty label"
    if _SERVICE.search(name):
        return ""
    odd = sum(octet < 33 or octet > 126 for octet in octets)
    return f"{odd} octets that no name has" if odd else ""
