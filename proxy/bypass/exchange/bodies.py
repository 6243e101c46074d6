"""Does the body of an answer show a web proxy, a front end, a mirror of games, or a remote browser?

A page or a script can be padded until what shows it comes late. So what follows the first piece is looked at
too, piece by piece, and marks count together wherever they stand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from proxy.bypass.exchange.body_rules import BodyRule, Marks
from proxy.bypass.exchange.kinds import LONG, Kind, body_limit, kind_of
from proxy.bypass.exchange.readable import readable, title_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import MAX_LONG, Exchange
from proxy.decision.signs import Sign

PIECE = 64 * 1024
"""Octets of each piece that follows the first."""
OVERLAP = 2 * 1024
"""Octets of a piece that are looked at again with the next: more than any mark has, however it is written."""
MAX_MARKS = 6
"""How many of the marks evidence names."""

type Look = Callable[[Kind, bytes, Knowledge], Marks]


def known_body(seen: Exchange, knowledge: Knowledge, look: Look | None = None) -> Iterator[Sign]:
    """What the marks of the tables say about an answer's body. Linear in what is looked at of it.

    look   finds the marks of one piece; None: `marks_in`
    """
    answer = seen.answer
    if answer is None or not answer.body:
        return
    reading = Reading(look or marks_in)
    for piece in _pieces(answer.body, body_limit(seen)):
        yield from reading(replace(seen, answer=replace(answer, body=piece)), knowledge)
        if not reading.wants_more:
            return


def marks_in(kind: Kind, body: bytes, knowledge: Knowledge) -> Marks:
    """The marks in one piece of a body."""
    if kind is not Kind.WASM:
        body = readable(body, is_page=kind is Kind.PAGE)
    title = title_of(body) if kind is Kind.PAGE else b""
    return knowledge.exchange.bodies.marks_in(kind, title, body)


class Reading:
    """A detector of one body, asked with each piece of it (`answer.body`), in their order.

    Remembers which marks were found, and the end of the last piece.
    """

    piece = PIECE

    def __init__(self, look: Look) -> None:
        self.__name__ = known_body.__name__
        self._look = look
        self._kind: Kind | None = None
        self._read = 0
        self._tail = b""
        self._marks = Marks()
        self._told: list[BodyRule] = []

    @property
    def wants_more(self) -> bool:
        """Whether what follows is looked at too."""
        return self._kind in LONG and self._read < MAX_LONG

    def __call__(self, seen: Exchange, knowledge: Knowledge) -> Iterable[Sign]:
        answer = seen.answer
        if answer is None:
            return
        if self._kind is None:
            self._kind = kind_of(seen, answer)
        if self._kind is Kind.OTHER:
            return
        found = self._look(self._kind, self._tail + answer.body, knowledge)
        self._remember_the_end(answer.body)
        if found <= self._marks:
            return
        self._marks |= found
        yield from self._signs(self._kind, seen.url.host, knowledge)

    def _remember_the_end(self, piece: bytes) -> None:
        """Keep what the next piece is looked at with. It begins where a letter of UTF-16 does."""
        end = (self._tail + piece[-OVERLAP:])[-OVERLAP:]
        self._read += len(piece)
        self._tail = end[self._read - len(end) & 1 :]

    def _signs(self, kind: Kind, host: str, knowledge: Knowledge) -> Iterator[Sign]:
        for met in knowledge.exchange.bodies.met_by(kind, host, self._marks):
            if met.rule not in self._told:
                self._told.append(met.rule)
                yield knowledge.sign(
                    met.rule.technique,
                    met.rule.confidence,
                    {"body": kind.value, "marks": " | ".join(mark[:40] for mark in met.marks[:MAX_MARKS])},
                    consequence=met.rule.consequence,
                )


def _pieces(body: bytes, first: int) -> Iterator[bytes]:
    yield body[:first]
    for at in range(first, min(len(body), MAX_LONG), PIECE):
        yield body[at : at + PIECE]
