"""What is known of a question for a client while its answer is on the way?"""

from typing import Protocol

from proxy.decision.listing import Listing
from proxy.decision.verdict import Verdict
from proxy.dns.answer_cache import Answers
from proxy.dns.clients import Client
from proxy.dns.datagrams import Peer
from proxy.dns.pending import Pending, Result
from proxy.dns.records import Asked
from proxy.dns.saying import Said
from proxy.dns.settling import Turn
from proxy.judgement import Judgement, Standing


class Asker(Protocol):
    """The server that a question came to."""

    def answer_later(self, peer: Peer, answer: bytes) -> None:
        """Send an answer that was found."""

    def go_on(self, peer: Peer, query: bytes, client: Client, first: Judgement | None) -> None:
        """Answer a question the general way, from the judgement of its host on."""


class Finisher(Protocol):
    """Who answers a question when the upstreams have."""

    def finish(self, waiting: "Waiting", result: Result, now: float) -> None:
        """Answer it. Never raises."""


class Waiting(Pending):
    """A question under way and what is known about it.

    end       where the question's name ends in `client_key`
    turn      when it was judged
    said      what was, of its host
    listing   that decides, where hosts that are listed alike share what is said
    """

    __slots__ = (
        "answers", "asker", "client", "client_key", "end", "epoch", "host", "listing", "method", "peer",
        "query", "said", "standing", "straight", "turn",
    )  # fmt: skip

    straight: Finisher
    asker: Asker
    peer: Peer
    query: bytes
    client_key: bytes
    end: int
    client: Client
    standing: Standing
    answers: Answers | None
    epoch: int
    host: str
    method: str
    listing: Listing | None
    said: Said
    turn: Turn

    @property
    def asked(self) -> Asked:
        """The question."""
        return Asked.of_key(self.key)

    @property
    def verdict(self) -> Verdict:
        """The verdict on its host."""
        said, listing = self.said, self.listing
        return said.verdict if listing is None or said.listed is None else said.listed.on(listing)

    def take(self, result: Result, now: float) -> None:
        """Take what the upstreams said."""
        self.straight.finish(self, result, now)
