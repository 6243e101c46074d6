"""Requests, answers and messages as detectors are shown them, and what the delivered tables say."""

from functools import cache
from pathlib import Path

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Answer, Exchange, Message
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import parse_url
from proxy.settings.bypass.reading import read_knowledge

BROWSER = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0"
SCHOOL = Surroundings(zones=frozenset({"school.example"}), proxies=frozenset({"192.0.2.1:3128"}))


@cache
def shipped() -> Knowledge:
    """What the files of `blocklists/bypass` say, at a school with a zone and a proxy."""
    knowledge, problems = read_knowledge(Path(__file__).parents[2] / "blocklists/bypass", SCHOOL)
    assert problems == ()
    return knowledge


def asked(url: str, method: str = "GET", *, body: bytes = b"", **more) -> Exchange:
    """A browser's request; `fields` (a dict) come on top of the usual ones, other words go to Exchange."""
    parsed = parse_url(url)
    rest = url.partition("://")[2]
    target = f"/{rest.partition('/')[2]}"
    fields = {"host": parsed.host, "user-agent": BROWSER, "accept": "*/*"} | more.pop("fields", {})
    return Exchange(method, parsed, target, fields=tuple(fields.items()), body=body, **more)


def answered(
    url, type_, body: bytes | str = b"", *, status=200, fields=(), asked_with=None, **more
) -> Exchange:
    """A browser's request (with further fields) and the answer to it (with further fields of its own)."""
    octets = body if isinstance(body, bytes) else body.encode()
    answer = Answer(status, (("content-type", type_), *fields), octets)
    return asked(url, answer=answer, fields=asked_with or {}, **more)


def talked(
    *messages: tuple[bool, bytes | str], url: str = "https://live.example.org/socket", **more
) -> Exchange:
    """A WebSocket with its first messages: whether the client sent each, and what."""
    seen = tuple(
        Message(is_client, isinstance(said, str), said.encode() if isinstance(said, str) else said)
        for is_client, said in messages
    )
    fields = {"upgrade": "websocket", "connection": "Upgrade", "origin": "https://live.example.org"}
    return asked(url, fields=fields | more.pop("fields", {}), messages=seen, **more)


def techniques(detector: Detector[Exchange], seen: Exchange) -> list[str]:
    """The techniques of a detector's signs, in order."""
    return [sign.technique for sign in detector(seen, shipped())]


def told(detector: Detector[Exchange], seen: Exchange) -> dict[str, str]:
    """The evidence of a detector's only sign."""
    (sign,) = detector(seen, shipped())
    return dict(sign.evidence)
