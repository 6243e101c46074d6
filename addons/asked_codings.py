"""In which codings may a server answer? In none that could not be looked into."""

import re

from addons.codings import READABLE

_NOT_AT_ALL = re.compile(rb"[qQ]=0(?:\.0{0,3})?")


def in_readable_codings(fields: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The fields of a request, whose Accept-Encoding names only codings that are read here."""
    return tuple(
        (name, _readable(value)) if name.lower() == b"accept-encoding" else (name, value)
        for name, value in fields
    )


def _readable(value: bytes) -> bytes:
    """What is left of the field; at least that the body may come uncoded."""
    kept = []
    for part in value.split(b","):
        name, _, weight = part.partition(b";")
        coding = name.strip().lower().decode("latin-1")
        if coding in READABLE or (coding == "*" and _NOT_AT_ALL.fullmatch(weight.strip())):
            kept.append(part.strip())
    return b", ".join(kept) or b"identity"
