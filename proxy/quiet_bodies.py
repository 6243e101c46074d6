"""Was this very body looked into before, with nothing found in it?

A class opens the same page and fetches the same scripts thirty times. A digest under a key of the process's
own costs a tenth of looking into them, and nobody can make two bodies that share one.
"""

import secrets
from collections.abc import Iterable
from hashlib import blake2b

from proxy.bypass.exchange.bodies import known_body
from proxy.bypass.exchange.kinds import Kind, is_worker, kind_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign

MAX_KEPT = 8192
MIN_BODY = 1024
"""Octets of the shortest body that is worth a digest."""

type Key = tuple[bytes, Kind, bool, str]


class QuietBodies:
    """Asks `known_body`, but for bodies that it found nothing in under the same knowledge.

    Keeps MAX_KEPT digests with their hosts, for one thread.
    """

    def __init__(self) -> None:
        self.__name__ = known_body.__name__
        self._secret = secrets.token_bytes(16)
        self._knowledge: Knowledge | None = None
        self._quiet: set[Key] = set()

    def __call__(self, seen: Exchange, knowledge: Knowledge) -> Iterable[Sign]:
        answer = seen.answer
        if answer is None or len(answer.body) < MIN_BODY:
            return known_body(seen, knowledge)
        if knowledge is not self._knowledge:
            self._knowledge = knowledge
            self._quiet.clear()
        digest = blake2b(answer.body, digest_size=16, key=self._secret).digest()
        key = digest, kind_of(seen, answer), is_worker(seen), seen.url.host
        if key in self._quiet:
            return ()
        signs = tuple(known_body(seen, knowledge))
        if not signs:
            if len(self._quiet) >= MAX_KEPT:
                self._quiet.clear()
            self._quiet.add(key)
        return signs
