"""Are these octets one DNS question (RFC 1035, section 4)? Read without a DNS library and its errors."""

from dataclasses import dataclass

HEADER = 12
MAX_QUESTION = 2048
TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 64: "SVCB",
    65: "HTTPS", 255: "ANY",
}  # fmt: skip
_CLASSES = frozenset({1, 3, 254, 255})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a DNS message asks.

    name   labels joined by dots, octets that are no printable ASCII as `?`
    type   as zone files write it
    """

    name: str
    type: str


def read_question(data: bytes) -> Asked | None:
    """The question of a query message, or None for anything else.

    Wants the header of a query (no answer, opcode QUERY, one question, no answers), a whole name, a type and
    a class; what follows may be records of an additional section, as their count says.
    """
    if not HEADER + 5 <= len(data) <= MAX_QUESTION:
        return None
    flags = int.from_bytes(data[2:4], "big")
    questions, answers, authorities, more = (int.from_bytes(data[at : at + 2], "big") for at in (4, 6, 8, 10))
    if flags & 0xF84F or questions != 1 or answers or authorities or more > 4:
        return None
    return _asked(data, has_more=more > 0)


def read_answer(data: bytes) -> Asked | None:
    """The question that a DNS answer repeats, or None for anything that is no answer."""
    if not len(data) >= HEADER + 5:
        return None
    flags = int.from_bytes(data[2:4], "big")
    if not flags & 0x8000 or flags & 0x7840 or int.from_bytes(data[4:6], "big") != 1:
        return None
    return _asked(data, has_more=True)


def _asked(data: bytes, *, has_more: bool) -> Asked | None:
    labels: list[str] = []
    at = HEADER
    while True:
        if at >= len(data) or data[at] > 63 or len(labels) > 127:
            return None
        size, at = data[at], at + 1
        if size == 0:
            break
        label = data[at : at + size]
        if len(label) < size:
            return None
        labels.append("".join(chr(octet) if 0x20 < octet < 0x7F else "?" for octet in label))
        at += size
    if at + 4 > len(data) or (at + 4 < len(data) and not has_more):
        return None
    type_, class_ = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
    if class_ & 0x7FFF not in _CLASSES or not type_:
        return None
    return Asked(".".join(labels) or ".", TYPES.get(type_, f"TYPE{type_}"))
