"""What does the resolver say itself: blocked, renamed, not there, not served?"""

from datetime import datetime
from functools import cache
from ipaddress import ip_address
from struct import Struct

import dnslib

from proxy.decision.names import covers
from proxy.decision.policy import BlockAnswer
from proxy.decision.verdict import Action, Basis, Reason, Verdict
from proxy.dns.labels import to_wire
from proxy.dns.packing import Reply
from proxy.dns.records import AAAA, ANY, CNAME, HTTPS, NSEC, NSEC3, RRSIG, SOA, SVCB, A, Record
from proxy.dns.wire import Rcode

MAX_TEXT_OCTETS = 120
PROOFS = frozenset({RRSIG, NSEC, NSEC3})
ALIASED = frozenset({A, AAAA, CNAME, HTTPS, SVCB, ANY})
HINFO = 13
HINFO_TTL_S = 3600

EDE_OTHER = 0
EDE_STALE = 3
EDE_FORGED = 4
EDE_BLOCKED = 15
EDE_CENSORED = 16
EDE_NO_UPSTREAM = 22

AUTO_SIGNAL = "dns.auto_signal"
"""The technique of detectors for what devices ask by themselves (`blocklists/bypass/dns.yaml`)."""

_TYPES: dict[int, str] = {}
_SOA_NAMES = to_wire("schoolgate.invalid") + to_wire("hostmaster.schoolgate.invalid")
_SOA_TIMES = Struct("!5I")


def type_name(qtype: int) -> str:
    """Write a record type as its mnemonic, or as TYPE and number (RFC 3597)."""
    name = _TYPES.get(qtype)
    if name is None:
        name = _TYPES[qtype] = str(dnslib.QTYPE.forward.get(qtype, f"TYPE{qtype}"))
    return name


def negative_soa(name: bytes, ttl_s: int) -> Record:
    """Make the SOA that tells how long a negative answer of ours holds (RFC 2308)."""
    return Record(name, SOA, ttl_s, _SOA_NAMES + _SOA_TIMES.pack(1, 3600, 600, 86400, ttl_s))


def nothing(
    name: bytes, ttl_s: int, rcode: Rcode = Rcode.NOERROR, ede: tuple[tuple[int, str], ...] = ()
) -> Reply:
    """The name is there without such records (or, with NXDOMAIN, is not there)."""
    return Reply(rcode, (), (negative_soa(name, ttl_s),), ede=ede)


def minimal_any(name: bytes) -> Reply:
    """Answer ANY with one small record (RFC 8482)."""
    return Reply(Rcode.NOERROR, (Record(name, HINFO, HINFO_TTL_S, b"\x07RFC8482\x00"),))


def seconds_left(verdict_until: datetime | None, at: datetime, most_s: int) -> int:
    """Whole seconds for which an answer may be remembered: `most_s`, or less when the verdict ends sooner."""
    if verdict_until is None:
        return most_s
    return max(0, min(most_s, int((verdict_until - at).total_seconds())))


def reasons(verdict: Verdict, forged: bool) -> tuple[tuple[int, str], ...]:
    """Extended DNS Errors for a verdict: 4 where addresses or an alias are ours; 15 or 16 for a block,
    as somebody here or the law decided it. The first carries the text."""
    codes = [EDE_FORGED] if forged else []
    if verdict.action is Action.BLOCK:
        codes.append(EDE_CENSORED if verdict.evidence.basis is Basis.CIPA else EDE_BLOCKED)
    text = shorten(verdict.explanation)
    return tuple((code, "" if at else text) for at, code in enumerate(codes))


def shorten(text: str) -> str:
    """Cut a text to 120 octets of UTF-8, at a word's edge."""
    octets = text.encode("utf-8")
    if len(octets) <= MAX_TEXT_OCTETS:
        return text
    cut = octets[: MAX_TEXT_OCTETS - 3].decode("utf-8", "ignore")
    return (cut.rpartition(" ")[0] or cut) + "..."


def blocked(
    name: bytes, qtype: int, verdict: Verdict, how: BlockAnswer, ttl_s: int, page: tuple[str, ...]
) -> Reply:
    """Answer for a blocked name.

    how     what the asker's network gets
    ttl_s   how long the device may remember it
    page    addresses of the block page
    """
    if verdict.reason is Reason.DEVICE_SIGNAL or verdict.evidence.rule == AUTO_SIGNAL:
        return _no_to_device(name, verdict, ttl_s)
    if verdict.reason is Reason.ERROR:
        return Reply(Rcode.SERVFAIL, ede=((EDE_OTHER, shorten(verdict.explanation)),))
    if how is BlockAnswer.REFUSED or verdict.reason is Reason.NO_POLICY:
        return Reply(Rcode.REFUSED, ede=reasons(verdict, forged=False))
    if how is BlockAnswer.NXDOMAIN:
        return nothing(name, ttl_s, Rcode.NXDOMAIN, reasons(verdict, forged=False))
    records = _page_records(name, qtype, ttl_s, page) if how is BlockAnswer.PAGE else ()
    if not records:
        return nothing(name, ttl_s, Rcode.NOERROR, reasons(verdict, forged=False))
    return Reply(Rcode.NOERROR, records, ede=reasons(verdict, forged=True))


def _no_to_device(name: bytes, verdict: Verdict, ttl_s: int) -> Reply:
    """Firefox and Apple devices take NXDOMAIN for "this network filters"; for designated resolvers
    (RFC 9462) the zone is there, and empty."""
    designated = covers("resolver.arpa", verdict.evidence.rule)
    rcode = Rcode.NOERROR if designated else Rcode.NXDOMAIN
    return nothing(name, ttl_s, rcode, reasons(verdict, forged=False))


def _page_records(name: bytes, qtype: int, ttl_s: int, page: tuple[str, ...]) -> tuple[Record, ...]:
    octets = (_octets(text) for text in page)
    return tuple(Record(name, qtype, ttl_s, one) for one in octets if qtype == (A if len(one) == 4 else AAAA))


@cache
def _octets(address: str) -> bytes:
    return ip_address(address).packed
