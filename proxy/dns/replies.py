"""Which reply does an answer become that may leave?"""

from dataclasses import replace
from datetime import datetime

from proxy.decision.names import is_address
from proxy.dns import messages
from proxy.dns.packing import Reply
from proxy.dns.records import ANY, RRSIG, SOA, Answer, Record, covered
from proxy.dns.relay import Relayed
from proxy.dns.wire import OPT, Question, Rcode

OWN_TTL_S = 300
NOT_FORWARDED = range(128, 255)


def own_answer(question: Question, host: str) -> Reply | None:
    """Return the answer to a question that needs no upstream, whatever the name; else None."""
    if question.qtype == ANY:
        return messages.minimal_any(question.folded)
    if question.qtype in NOT_FORWARDED or question.qtype in (0, OPT):
        return Reply(Rcode.REFUSED)
    if is_address(host):
        return messages.nothing(question.folded, OWN_TTL_S, Rcode.NXDOMAIN)
    return None


def reply_of(question: Question, out: Relayed, stale: bool, is_ours: bool = False) -> Reply:
    """Put an answer that may leave into a reply; proofs go only to who asked for them (DO).

    is_ours   the name at its end is in a zone of the school's own, whose SOA devices need: it names the
              server that takes their updates (RFC 2136)
    """
    answer = out.answer
    if answer.rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        return failure()
    records, authority = answer.chain + answer.final, answer.authority
    if not is_ours and not (question.do and _is_signed(authority)):
        authority = _how_long(answer)
    if not question.do:
        records = tuple(r for r in records if r.rtype not in messages.PROOFS or r.rtype == question.qtype)
        authority = tuple(r for r in authority if r.rtype not in messages.PROOFS)
    if not answer.final and not authority and out.changed:
        authority = (messages.negative_soa(answer.end, OWN_TTL_S),)
    ede = ((messages.EDE_STALE, "no newer answer to be had"),) if stale else ()
    return Reply(answer.rcode, records, authority, answer.ad and not stale, ede)


def _is_signed(authority: tuple[Record, ...]) -> bool:
    """Whether there is something to be checked by who asks for proofs."""
    return any(record.rtype == RRSIG and covered(record) == SOA for record in authority)


def _how_long(answer: Answer) -> tuple[Record, ...]:
    """In place of what is said beside a negative answer, how long it holds (RFC 2308): two names and five
    numbers of the asked server's choice would be a way back for a tunnel whose questions nobody answers."""
    soa = answer.soa
    return () if soa is None else (messages.negative_soa(soa.owner, soa.ttl),)


def failure() -> Reply:
    """Say that no upstream answers, and not which: that is the operator's to know."""
    return Reply(Rcode.SERVFAIL, ede=((messages.EDE_NO_UPSTREAM, "the upstream resolvers do not answer"),))


def bounded(reply: Reply, until: datetime | None, at: datetime) -> Reply:
    """Cut the TTLs so that nothing is remembered past the moment at which a verdict could change."""
    if until is None:
        return reply
    return replace(
        reply,
        answer=tuple(_until(record, until, at) for record in reply.answer),
        authority=tuple(_until(record, until, at) for record in reply.authority),
    )


def _until(record: Record, until: datetime, at: datetime) -> Record:
    ttl = messages.seconds_left(until, at, record.ttl)
    return record if ttl == record.ttl else replace(record, ttl=ttl)
