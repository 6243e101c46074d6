"""What does an event keep of the signs on an attempt? A few, gravest first, as compact JSON.

[{"technique":"vpn.wireguard","nature":"anonymizer","consequence":"incident","confidence":0.97,
  "evidence":{"address":"192.0.2.7"}}]
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy.decision.names import NameProblem
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.journal.redact import GONE, without_credentials

MOST = 4
MAX_CHARS = 2048
_COMPACT = (",", ":")
_GRAVITY = {
    Consequence.LOG: 0,
    Consequence.REWRITE: 1,
    Consequence.BLOCK: 2,
    Consequence.INCIDENT: 3,
}
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>|]+", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    r"(?:application|text|image|audio|video|message|multipart)/[a-z0-9.+-]+(?=[\s,;]|\Z)"
)
_OF_PATH_OR_QUERY = re.compile(r"[/?&=%]")
_OF_ADDRESS = frozenset({"address", "parameter", "path", "request", "text"})
"""Fields of evidence that hold a part of the address, in whatever code, or its host."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?|\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]+\]?")


class SignsProblem(ValueError):
    """A text that is no signs as `kept_signs` writes them."""


@dataclass(frozen=True, slots=True)
class KeptSign:
    """A sign, as an event keeps it.

    evidence   the decisive fields; empty where the consequence is LOG
    """

    technique: str
    nature: Nature
    consequence: Consequence
    confidence: float
    evidence: Mapping[str, str]


def kept_signs(signs: Iterable[Sign], *, with_url: bool) -> str:
    """Spell signs as an event keeps them: ASCII, at most MAX_CHARS characters; "" without any.

    with_url   the event keeps its URL; else nothing that is written in a path or a query stands in evidence,
               and of an address its host

    Of each technique the gravest sign stands, and of these the MOST gravest. Where all evidence is too long,
    the last fields of the least grave go.
    """
    gravest: dict[str, Sign] = {}
    for sign in sorted(signs, key=_gravity, reverse=True):
        gravest.setdefault(sign.technique, sign)
    kept = [_plain(sign, with_url=with_url) for sign in list(gravest.values())[:MOST]]
    if not kept:
        return ""
    text = _spelled(kept)
    while len(text) > MAX_CHARS:
        last = next((evidence for _, evidence in reversed(kept) if evidence), None)
        if last is None:
            kept.pop()
        else:
            last.popitem()
        text = _spelled(kept)
    return text


def read_signs(text: str) -> tuple[KeptSign, ...]:
    """Read what `kept_signs` wrote.

    Raises SignsProblem.
    """
    if not text:
        return ()
    try:
        return tuple(_read(one) for one in json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SignsProblem(f"no signs of an event: {type(error).__name__}") from error


def techniques_in(text: str) -> tuple[str, ...]:
    """The techniques that `kept_signs` wrote, gravest first; none of a text that is no signs."""
    try:
        return tuple(sign.technique for sign in read_signs(text))
    except SignsProblem:
        return ()


def marks_of(technique: str) -> tuple[str, str]:
    """What stands in the text of signs that show a technique: by itself, and as the family of another.

    Nothing else can look so: a quotation mark inside evidence is escaped.
    """
    begin = f'{{"technique":{json.dumps(technique)}'
    return begin, f"{begin[:-1]}."


def show(text: str, technique: str) -> bool:
    """Say whether one of the signs is of a technique, or of its family."""
    return bool(text) and any(mark in text for mark in marks_of(technique))


def _gravity(sign: Sign) -> tuple[int, float]:
    return _GRAVITY[sign.consequence], sign.confidence


type _Plain = tuple[dict[str, object], dict[str, str]]


def _plain(sign: Sign, *, with_url: bool) -> _Plain:
    """What is kept of a sign but for its evidence, and that."""
    evidence = {}
    if sign.consequence is not Consequence.LOG:
        evidence = {name: _kept(name, value, with_url=with_url) for name, value in sign.evidence}
        if sign.inner is not None:
            evidence.setdefault("inner", sign.inner.host)
    told: dict[str, object] = {
        "technique": sign.technique,
        "nature": sign.nature.value,
        "consequence": sign.consequence.value,
        "confidence": round(sign.confidence, 2),
    }
    return told, evidence


def _kept(name: str, value: str, *, with_url: bool) -> str:
    if with_url:
        return without_credentials(value)
    value = _URL.sub(_host_of, value)
    if name in _OF_ADDRESS:
        return value if _HOST.fullmatch(value) else GONE
    return GONE if _OF_PATH_OR_QUERY.search(_MEDIA_TYPE.sub("", value)) else value


def _host_of(found: re.Match[str]) -> str:
    try:
        return parse_url(found.group()).host
    except NameProblem:
        return GONE


def _spelled(kept: Iterable[_Plain]) -> str:
    return json.dumps([told | {"evidence": evidence} for told, evidence in kept], separators=_COMPACT)


def _read(one: Mapping[str, object]) -> KeptSign:
    evidence = one["evidence"]
    if not isinstance(evidence, dict):
        raise SignsProblem("evidence is an object")
    return KeptSign(
        str(one["technique"]),
        Nature(one["nature"]),
        Consequence(one["consequence"]),
        float(str(one["confidence"])),
        {str(name): str(value) for name, value in evidence.items()},
    )
