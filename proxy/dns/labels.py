"""How is a domain name written in a DNS message, and which host is it?

Inside this package a name is its uncompressed wire form, folded to lower case and with the closing
zero octet: `b"\\x07example\\x03org\\x00"`. Folding with `bytes.lower` is safe because a label's
length octet is at most 63 and the letters begin at 65.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from proxy.decision.names import NameProblem, canonical_host
from proxy.dns.errors import Malformed

MAX_NAME_OCTETS = 255
MAX_LABEL_OCTETS = 63
MAX_POINTERS = 64
ROOT = b"\x00"

_PLAIN_LABEL = re.compile(rb"[a-z0-9_-]+\Z")
_PLAIN_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_HOST_OCTETS = b"abcdefghijklmnopqrstuvwxyz0123456789-_"
# Labels as they stand in a name, each behind its length: one alternative for each length that is no octet of
# a host, so that the lengths alone say where labels begin.
_LENGTHS = [length for length in range(1, 64) if length not in _HOST_OCTETS]
_OF_PLAIN_LABELS = re.compile(
    b"(?:%b)++\\x00" % b"|".join(b"\\x%02x[a-z0-9_-]{%d}" % (length, length) for length in _LENGTHS)
).fullmatch
_DOTS = bytes(range(256)).translate(bytes.maketrans(bytes(range(1, 64)), b"." * 63))
_DOTS = bytes(octet if octet in _HOST_OCTETS else dot for octet, dot in enumerate(_DOTS))
_DIGITS = "0123456789"
_FOREIGN = re.compile(rb"[^\x21-\x7e ]")


def read_name(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a possibly compressed name (RFC 1035, section 4.1.4); return it folded, and the offset behind.

    Pointers must lead strictly backwards, so that a loop is impossible.

    Raises Malformed for anything else than a name.
    """
    parts: list[bytes] = []
    behind, lowest, octets, jumps = -1, at, 1, 0
    try:
        while length := data[at]:
            if length <= MAX_LABEL_OCTETS:
                parts.append(data[at : at + 1 + length])
                octets += 1 + length
                at += 1 + length
                if octets > MAX_NAME_OCTETS or at >= len(data):
                    raise Malformed("a name is longer than 255 octets or than its message")
                continue
            target = (length & 0x3F) << 8 | data[at + 1]
            jumps += 1
            if length < 0xC0 or target >= lowest or jumps > MAX_POINTERS:
                raise Malformed("a name has an unknown label type or a pointer that leads forwards")
            if behind < 0:
                behind = at + 2
            at = lowest = target
    except IndexError as error:
        raise Malformed("a name runs past the end of its message") from error
    return b"".join(parts).lower() + ROOT, (at + 1 if behind < 0 else behind)


def to_wire(name: str) -> bytes:
    """Write a canonical host name in wire form.

    Raises Malformed when a label is empty or too long, or the name is.
    """
    labels = name.encode("ascii", "strict").lower().removesuffix(b".").split(b".")
    if any(not 0 < len(label) <= MAX_LABEL_OCTETS for label in labels):
        raise Malformed(f"{name!r} has an empty label or one of more than 63 octets")
    wire = b"".join(bytes((len(label),)) + label for label in labels) + ROOT
    if len(wire) > MAX_NAME_OCTETS:
        raise Malformed(f"{name[:60]!r}... is longer than 255 octets")
    return wire


def labels_of(name: bytes) -> Iterator[bytes]:
    """Yield the labels of a wire name, first to last, without the root's empty one."""
    at = 0
    while length := name[at]:
        yield name[at + 1 : at + 1 + length]
        at += 1 + length


def parents(name: bytes) -> Iterator[bytes]:
    """Yield a wire name and each of its parents down to the root."""
    at = 0
    while length := name[at]:
        yield name[at:]
        at += 1 + length
    yield ROOT


def is_below(name: bytes, zone: bytes) -> bool:
    """Say whether a folded wire name is `zone` or stands below it."""
    return name.endswith(zone) and zone in parents(name)


def plain_host(name: bytes) -> str | None:
    """Return what `host_of` does, for a name of nothing but plain labels; None for any other. Quick.

    A name with a length that is also an octet of a host is left for the slow way: each octet of any other
    is a length or of a host, and so the dots can be put where the lengths are without looking for them.
    """
    if _OF_PLAIN_LABELS(name) is None:
        return _plain_host(name)
    host = name[1:-1].translate(_DOTS).decode("ascii")
    return None if host[host.rfind(".") + 1] in _DIGITS else host


def _plain_host(name: bytes) -> str | None:
    at, behind = 0, len(name) - 1
    parts = []
    while at < behind:
        length = name[at]
        parts.append(name[at + 1 : at + 1 + length])
        at += 1 + length
    if at != behind or not parts or b"." in name or parts[-1][:1].isdigit():
        return None
    host = b".".join(parts).decode("latin-1")
    return host if _PLAIN_HOST.match(host) else None


@lru_cache(maxsize=8192)
def host_of(name: bytes) -> str:
    """Return the canonical host that a folded wire name is judged as.

    A label with printable characters that no host has (a DNS-SD instance such as `Room 12`) is
    left out together with what stands before it: rules speak of hosts and what lies below them. The root
    is `.`, which no rule and no list line names; resolvers behind us ask for its keys and servers.

    Raises Malformed for a label with control or non-ASCII octets (which tunnels use
    and hosts do not), and for a name that has no host behind such a label.
    """
    if name == ROOT:
        return "."
    kept: list[bytes] = []
    for label in labels_of(name):
        if _FOREIGN.search(label):
            raise Malformed("a label has octets that are no printable ASCII")
        if _PLAIN_LABEL.match(label):
            kept.append(label)
        else:
            kept.clear()
    if not kept:
        raise Malformed("the name has no host")
    try:
        return canonical_host(b".".join(kept).decode("ascii"))
    except NameProblem as problem:
        raise Malformed(str(problem)) from problem


def readable_end(name: bytes) -> str:
    """Return the longest end of a folded wire name that is a host; `.` when there is none."""
    end = "."
    labels = list(labels_of(name))
    for at in range(len(labels) - 1, -1, -1):
        if not _PLAIN_LABEL.match(labels[at]):
            break
        try:
            end = canonical_host(b".".join(labels[at:]).decode("ascii"))
        except NameProblem:
            break
    return end
