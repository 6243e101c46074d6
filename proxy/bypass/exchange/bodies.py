"""Does the body of an answer show a web proxy, a front end, a mirror of games, or a remote browser?"""

from collections.abc import Iterator

from proxy.bypass.exchange.kinds import Kind, body_limit, kind_of
from proxy.bypass.exchange.readable import in_octets, readable, title_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Answer, Exchange
from proxy.decision.signs import Sign

MAX_MARKS = 6
"""How many of the marks evidence names."""


def known_body(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """What the marks of the tables say about an answer's body. Linear in what is looked at of it."""
    answer = seen.answer
    if answer is None or not answer.body:
        return
    kind = kind_of(seen, answer)
    if kind is Kind.OTHER:
        return
    for met in knowledge.exchange.bodies.met_by(kind, seen.url.host, *_text(kind, answer, body_limit(seen))):
        yield knowledge.sign(
            met.rule.technique,
            met.rule.confidence,
            {"body": kind.value, "marks": " | ".join(mark[:40] for mark in met.marks[:MAX_MARKS])},
            consequence=met.rule.consequence,
        )


def _text(kind: Kind, answer: Answer, limit: int) -> tuple[bytes, bytes]:
    body = answer.body[:limit]
    if kind is not Kind.WASM:
        body = readable(in_octets(body), is_page=kind is Kind.PAGE)
    return (title_of(body) if kind is Kind.PAGE else b""), body
