"""Which octets say that a name is blocked? Laid out once for all names that are blocked alike.

What `messages.blocked` answers differs from name to name only in the question and in the words of the reason:
the records are owned by the very name that was asked for, and so by a pointer to it.
"""

from typing import NamedTuple

from proxy.decision.policy import BlockAnswer
from proxy.decision.verdict import Reason, Verdict
from proxy.dns import messages
from proxy.dns.packing import opt_record, pack
from proxy.dns.wire import HEADER_OCTETS, IN, Question

MAX_SHAPES = 4096
APART = frozenset({Reason.DEVICE_SIGNAL, Reason.ERROR, Reason.NO_POLICY})  # answered in ways of their own

_NAME = b"\x01n\x00"


class Shape(NamedTuple):
    """What is the same for all names that are blocked alike.

    flags, counts   of the header; the last count, of additional records, is not in it
    records         behind the question
    forged          an address is ours, not the name's
    """

    flags: bytes
    counts: bytes
    records: bytes
    rcode: int
    forged: bool


class Blocking:
    """Lays out everyday answers for blocked names."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[int, BlockAnswer, int, tuple[str, ...]], Shape] = {}

    def octets(
        self,
        question: bytes,
        opt: bytes,
        verdict: Verdict,
        how: BlockAnswer,
        ttl_s: int,
        page: tuple[str, ...],
    ) -> bytes | None:
        """Return the message behind its id; None where the name is blocked in a way of its own.

        question   in lower case, with type and class
        opt        the query's OPT record without options, or nothing
        how        what the asker's network gets
        page       addresses of the block page
        """
        if verdict.reason in APART:
            return None
        qtype = question[-4] << 8 | question[-3]
        shape = self._shapes.get((qtype, how, ttl_s, page))
        if shape is None:
            shape = self._laid_out(qtype, verdict, how, ttl_s, page)
        said = b""
        if opt:
            ede = messages.reasons(verdict, shape.forged)
            said = opt_record(bool(opt[-4] & 0x80), shape.rcode, ede)
        additional = b"\x00\x01" if opt else b"\x00\x00"
        return b"".join((shape.flags, shape.counts, additional, question, shape.records, said))

    def _laid_out(
        self, qtype: int, verdict: Verdict, how: BlockAnswer, ttl_s: int, page: tuple[str, ...]
    ) -> Shape:
        reply = messages.blocked(_NAME, qtype, verdict, how, ttl_s, page)
        message = pack(Question(0, _NAME, _NAME, qtype, IN), reply).message
        forged = bool(reply.ede) and reply.ede[0][0] == messages.EDE_FORGED
        records = message[HEADER_OCTETS + len(_NAME) + 4 :]
        shape = Shape(message[2:4], message[4:10], records, reply.rcode, forged)
        if len(self._shapes) >= MAX_SHAPES:
            self._shapes.clear()
        self._shapes[qtype, how, ttl_s, page] = shape
        return shape
