"""Was this very piece of a body looked into before, and which marks stood in it?

A class opens the same page and fetches the same scripts thirty times. A digest under a key of the process's
own costs a tenth of looking into them, and nobody can make two pieces that share one.
"""

import secrets
from hashlib import blake2b

from proxy.bypass.exchange.bodies import marks_in
from proxy.bypass.exchange.body_rules import Marks
from proxy.bypass.exchange.kinds import Kind
from proxy.bypass.knowledge import Knowledge

MAX_KEPT = 8192
MIN_PIECE = 1024
"""Octets of the shortest piece that is worth a digest."""


class KeptMarks:
    """Finds what `marks_in` finds, and remembers it under the same knowledge.

    Keeps MAX_KEPT digests with their marks, for one thread.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._knowledge: Knowledge | None = None
        self._kept: dict[tuple[bytes, Kind], Marks] = {}

    def __call__(self, kind: Kind, body: bytes, knowledge: Knowledge) -> Marks:
        if len(body) < MIN_PIECE:
            return marks_in(kind, body, knowledge)
        if knowledge is not self._knowledge:
            self._knowledge = knowledge
            self._kept.clear()
        key = blake2b(body, digest_size=16, key=self._secret).digest(), kind
        marks = self._kept.get(key)
        if marks is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            marks = self._kept[key] = marks_in(kind, body, knowledge)
        return marks
