"""Was an exchange like this looked at before, with nothing found in it?

A browser says the same about itself in each request, and a class asks for the same pages and scripts thirty
times. What detectors find in a request shows in its head, or in its target beside a few fields of the head
(its `Manner`); in an answer, in that and in a few fields of the answer's own. So a quiet head is remembered
with its connection, for it holds cookies, and quiet targets and answers for the process.
`test_quiet_exchanges.py` holds this against all detectors.
"""

import secrets
from dataclasses import dataclass, replace
from hashlib import blake2b

from proxy.bypass.exchange.bare import ANSWERING
from proxy.bypass.exchange.kinds import may_be_looked_into, media_type
from proxy.bypass.exchange.parts import TYPE as PARTS
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign
from proxy.decision.urls import Url
from proxy.lookout import Lookout

MAX_KEPT = 4096
"""How many targets, and how many answers, are remembered."""
MAX_TARGET = 512
"""Characters of the longest target that is."""
MAX_SAID = 1024
"""Octets of the fields of an answer that is."""
MAX_BESIDE = 256
"""Characters of the fields of a request whose target or answer is."""
BESIDE = frozenset({"content-type", "referer", "sec-fetch-dest", "sec-fetch-mode", "service-worker"})
"""Fields of a request that detectors read beside its target or its answer; the tables' come on top."""
UNLIKE = frozenset({"upgrade"})
"""Fields with which a request is like no other; claims to be somebody else come on top."""
IN_ANSWERS = ANSWERING | {"content-type", "content-encoding", "location"}

type Manner = tuple[object, ...]
type Fields = tuple[tuple[bytes, bytes], ...]
type Asked = tuple[Manner, str, int, Fields]
"""A request's manner and target, and what the head of its answer says."""


@dataclass(frozen=True, slots=True)
class QuietHead:
    """A request's head in which nothing was found.

    head      as whoever read it keeps it; the next request that comes with the very same is like it
    """

    head: object
    method: str
    knowledge: Knowledge
    manner: Manner

    def is_of(self, head: object, method: str, knowledge: Knowledge) -> bool:
        """Say whether a request has this very head."""
        return self.head is head and self.method == method and self.knowledge is knowledge


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a whole body, as it is remembered.

    digest    of its body, where that is looked into
    """

    asked: Asked
    digest: bytes


class QuietExchanges:
    """Knows requests and answers again in which nothing was found, under one knowledge. For one thread."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._secret = secrets.token_bytes(16)
        self._knowledge: Knowledge | None = None
        self._targets: set[tuple[Manner, str]] = set()
        self._replies: dict[Asked, bytes] = {}
        self._looked_into: dict[tuple[Manner, Fields], bool] = {}
        self._beside = self._unlike = frozenset[str]()
        self._told = frozenset[bytes]()

    def request(
        self, head: object, last: object, seen: Exchange
    ) -> tuple[tuple[Sign, ...], QuietHead | None]:
        """Return the signs in a request without its body, and its head where that is quiet.

        last   what was returned for the request before that came with this head on the same connection
        """
        knowledge = self._lookout.knowledge
        if knowledge is None:
            return (), None
        if knowledge is self._knowledge:
            if type(last) is QuietHead and last.is_of(head, seen.method, knowledge):
                if (last.manner, seen.target) in self._targets:
                    return (), last
            else:
                manner = self._manner(seen)
                if (manner, seen.target) in self._targets and self._lookout.is_quiet(_without_target(seen)):
                    assert manner is not None
                    return (), QuietHead(head, seen.method, knowledge, manner)
        signs = self._lookout.request(seen)
        if signs:
            return signs, None
        if knowledge is not self._knowledge:
            self._begin(knowledge)
        return (), self._quiet_head(head, seen, knowledge)

    def _quiet_head(self, head: object, seen: Exchange, knowledge: Knowledge) -> QuietHead | None:
        """Remember a request in which nothing was found, and return its head."""
        manner = self._manner(seen)
        if manner is None:
            return None
        if len(seen.target) <= MAX_TARGET:
            if len(self._targets) >= MAX_KEPT:
                self._targets.clear()
            self._targets.add((manner, seen.target))
        return QuietHead(head, seen.method, knowledge, manner)

    def _manner(self, seen: Exchange) -> Manner | None:
        """What of a request, beside its target, makes a difference to what its target and its answer show;
        None where anything may."""
        beside, unlike = self._beside, self._unlike
        said = []
        for name, value in seen.fields:
            if name in unlike:
                return None
            if name in beside:
                said.append((name, value if name != "referer" else value[:1]))
        if len(seen.method) + sum([len(name) + len(value) for name, value in said]) > MAX_BESIDE:
            return None
        url = seen.url
        return seen.method, seen.form, url.scheme, url.host, url.port, tuple(said)

    def reply(
        self, manner: Manner | None, seen: Exchange, status: int, fields: Fields, body: bytes
    ) -> Reply | None:
        """An answer as it is remembered; None for one that is not.

        manner   of its request
        body     as it came, coded
        """
        if manner is None or seen.body or len(seen.target) > MAX_TARGET:
            return None
        names = self._told
        said = tuple([(key, value) for name, value in fields if (key := name.lower()) in names])
        looked_into = self._looked_into.get((manner, said))
        if looked_into is None:
            if sum(len(name) + len(value) for name, value in said) > MAX_SAID:
                return None
            looked_into = self._is_looked_into(manner, seen, said)
        if looked_into is None:
            return None
        digest = blake2b(body, digest_size=16, key=self._secret).digest() if looked_into and body else b""
        return Reply((manner, seen.target, status, said), digest)

    def is_quiet(self, reply: Reply) -> bool:
        """Say whether nothing was found in such an answer."""
        return self._knowledge is self._lookout.knowledge and self._replies.get(reply.asked) == reply.digest

    def was_quiet(self, reply: Reply) -> None:
        """Remember that nothing was found in an answer."""
        if self._knowledge is not self._lookout.knowledge:
            return
        if len(self._replies) >= MAX_KEPT:
            self._replies.clear()
        self._replies[reply.asked] = reply.digest

    def _is_looked_into(self, manner: Manner, seen: Exchange, said: Fields) -> bool | None:
        """Whether the body of such an answer counts; None where more of its request may than its manner."""
        text = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in said)
        if media_type(text) == PARTS:
            return None
        if len(self._looked_into) >= MAX_KEPT:
            self._looked_into.clear()
        found = self._looked_into[manner, said] = may_be_looked_into(seen, text)
        return found

    def _begin(self, knowledge: Knowledge) -> None:
        heads = knowledge.exchange.heads
        self._knowledge = knowledge
        self._targets.clear()
        self._replies.clear()
        self._beside = BESIDE | heads.beside
        self._unlike = UNLIKE | frozenset(knowledge.spellings.claims)
        self._told = frozenset(name.encode("latin-1") for name in IN_ANSWERS | heads.in_answers)


def _without_target(seen: Exchange) -> Exchange:
    url = seen.url
    return replace(seen, url=Url(url.scheme, url.host, url.port, "/"), target="/")
