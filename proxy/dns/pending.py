"""What does one wait for who asked a question, and what becomes of the datagram that was sent?"""

from typing import Protocol

from proxy.dns.errors import DnsProblem, Malformed, UpstreamProblem, UpstreamTimeout
from proxy.dns.everyday import Everyday, read_everyday
from proxy.dns.records import Answer, Asked, cut, read_message
from proxy.dns.upstream import USABLE, Begun, Upstream, Upstreams
from proxy.dns.upstream_udp import Ticket, repeat_after
from proxy.dns.wire import HEADER_OCTETS

type Result = Everyday | Answer | DnsProblem


class Keep(Protocol):
    """Takes the answer to the question with an `Asked.key`, and returns it as it is to be used."""

    def __call__[T: (Everyday, Answer)](self, key: bytes, answer: T, /) -> T: ...


class Sender(Protocol):
    """Who sent it: `forwarding.Forwarding`."""

    keep: Keep

    def hand_over(self, pending: "Pending", begun: Begun | None) -> None:
        """Let a task do what cannot be done at once."""

    def finish(self, pending: "Pending", result: Result, now: float) -> None:
        """Give a result to all who wait for it."""

    def fault(self) -> UpstreamProblem:
        """Count and log the fault that is being handled, and return what those who wait are told."""


class Pending:
    """One who waits for the answer to a question, and the question itself where he is the first to ask it.

    key, bits      `Asked.key`, and the two bits in it
    first          who was sent the datagram; None: a task asks
    began, sent    when it was sent, by the upstream's clock and by the machine's
    ticket         to give it up by; None when nothing is awaited over UDP any more
    again          the same of its repeats
    more           who else waits for the answer
    """

    __slots__ = (
        "again", "began", "bits", "first", "forwarding", "key", "more", "sent", "ticket", "upstreams",
    )  # fmt: skip

    key: bytes
    bits: int
    forwarding: Sender
    upstreams: Upstreams
    first: Upstream | None
    ticket: Ticket | None
    again: tuple[Ticket | None, ...]
    began: float
    sent: float
    more: "list[Pending] | None"

    def take(self, result: Result, now: float) -> None:
        """Take what the upstreams said, at a moment of the monotonic clock. Never raises."""
        raise NotImplementedError

    def notice(self, now: float, may_repeat: bool = True) -> bool:
        """Go on without the answer when the time for it is over, or ask again when it is late.

        Returns whether the question was sent again.
        """
        if self.ticket is None or self.first is None:
            return False
        silent_s, repeats = now - self.sent, len(self.again)
        if silent_s >= self.upstreams.each_s:
            self.give_up()
            self.forwarding.hand_over(self, UpstreamTimeout("no answer over UDP in time"))
        elif may_repeat and silent_s >= repeat_after(repeats, self.first.repeat_s):
            question = self.key[:-1] if self.bits else self.key
            self.again = *self.again, self.first.repeat(question, self.bits, self, now)
            return True
        return False

    def give_up(self) -> None:
        """Wait for the datagram and its repeats no longer."""
        if self.first is not None:
            for ticket in (self.ticket, *self.again):
                if ticket is not None:
                    self.first.give_up(ticket)
        self.ticket, self.again = None, ()

    def arrived(self, data: bytes, now: float) -> None:
        """Take an answer to the very question that was sent."""
        if self.again and self.ticket is not None and self.first is not None:
            self.first.learn(self.ticket, now - self.sent)
            self.give_up()
        self.ticket = None
        forwarding, key = self.forwarding, self.key
        result: Result | None
        try:
            octets = len(key) - 1 if self.bits else len(key)
            everyday = read_everyday(data, HEADER_OCTETS + octets, key[octets - 4] << 8 | key[octets - 3])
            if everyday is not None:
                if self.first is not None:
                    self.first.answered(self.began)
                result = forwarding.keep(key, everyday)
            else:
                result = self._read(data)
        except Exception:  # noqa: BLE001  (counted, logged and told to those who wait)
            result = forwarding.fault()
        if result is not None:
            forwarding.finish(self, result, now)

    def _read(self, data: bytes) -> Result | None:
        """What those who wait may have at once of an uncommon answer; None when a task goes on."""
        forwarding, asked = self.forwarding, Asked.of_key(self.key)
        try:
            message = read_message(data)
            if message.tc or message.rcode not in USABLE:
                forwarding.hand_over(self, data)
                return None
            answer = cut(message, asked.name, asked.qtype)
        except Malformed as problem:
            forwarding.hand_over(self, problem)
            return None
        if self.first is not None:
            self.first.answered(self.began)
        return forwarding.keep(self.key, answer)

    def failed(self, problem: DnsProblem) -> None:
        """Learn that there is no answer. A repeat on the same port learns it as well: it counts once."""
        if self.ticket is not None:
            self.give_up()
            self.forwarding.hand_over(self, problem)
