"""Does an answer of several parts, each of which takes the place of the one before, show more than pictures?

Cameras send their pictures so (`multipart/x-mixed-replace`), and some browsers show pages so as well. A page
among the parts could not be looked into, so who opens such an answer as a page gets pictures alone.
"""

import re
from collections.abc import Iterable, Iterator

from proxy.bypass.exchange.kinds import media_type
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import UNREADABLE
from proxy.bypass.observed import Exchange, Fields
from proxy.decision.signs import Sign

TYPE = "multipart/x-mixed-replace"
MAX_HEAD = 4096
"""Octets that the fields of a part take at most."""
_SHOWN = frozenset({"document", "embed", "frame", "iframe", "object"})
_BOUNDARY = re.compile(r""".*;\s*boundary=("?)([\w'()+,./:=?-]{1,70})\1\s*(?:;.*)?""", re.IGNORECASE)
_HEAD = re.compile(rb"-{0,2}[ \t]*\r?\n((?:[^\r\n]+\r?\n)*)\r?\n")
_PICTURE = re.compile(rb"image/(?!svg)[\w.+-]+[ \t]*(?:;.*)?", re.IGNORECASE)


def shows_parts(seen: Exchange, fields: Fields) -> bool:
    """Say whether an answer with these fields comes in such parts, and was asked for as pages are."""
    if media_type(fields) != TYPE:
        return False
    asked_for = seen.field("sec-fetch-dest")
    return asked_for in _SHOWN if asked_for else "text/html" in seen.field("accept")


def several_parts(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """What stands in an answer of several parts, shown as a page, that is no picture."""
    if seen.answer is not None and shows_parts(seen, seen.answer.fields):
        yield from Parts()(seen, knowledge)


class Parts:
    """A detector of one such answer, asked with each piece of it (`answer.body`), in their order.

    piece   octets of each piece, the first one too: cameras' pictures are not to wait
    """

    wants_more, piece = True, 512

    def __init__(self) -> None:
        self.__name__ = several_parts.__name__
        self._has_begun = False
        self._left = b""

    def __call__(self, seen: Exchange, knowledge: Knowledge) -> Iterable[Sign]:
        if seen.answer is None:
            return ()
        boundary = _boundary(seen.answer.fields)
        if not boundary or not self._are_pictures(self._left + seen.answer.body, boundary):
            return (UNREADABLE,)
        return ()

    def _are_pictures(self, body: bytes, boundary: bytes) -> bool:
        """Say whether all parts that begin here are pictures; keep what more has to come of."""
        if not self._has_begun:
            begun = body.lstrip(b"\r\n-")
            if not begun.startswith(boundary):
                self._left = body
                return boundary.startswith(begun) and len(body) <= MAX_HEAD
            self._has_begun = True
        at = body.find(boundary)
        while at >= 0:
            head = _HEAD.match(body, at + len(boundary))
            if head is None:
                self._left = body[at:]
                return len(self._left) <= MAX_HEAD
            if not _is_picture(head.group(1)):
                return False
            at = body.find(boundary, head.end())
        self._left = body[-len(boundary) :]
        return True


def _boundary(fields: Fields) -> bytes:
    """What stands between the parts, without the dashes that servers put there or forget; b"" without any."""
    said = [value for name, value in fields if name == "content-type"]
    is_clear = len(said) == 1 and said[0].lower().count("boundary=") == 1
    found = _BOUNDARY.fullmatch(said[0]) if is_clear else None
    return found.group(2).strip("-").encode() if found else b""


def _is_picture(head: bytes) -> bool:
    types = [
        value.strip()
        for name, _, value in (line.partition(b":") for line in head.splitlines())
        if name.strip().lower() == b"content-type"
    ]
    return len(types) == 1 and _PICTURE.fullmatch(types[0]) is not None
