"""Does a name belong to a service that goes around the filter?"""

import re
from collections.abc import Iterator

from proxy.bypass.dns.spelled import host_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.bypass.spelling.hosts import registrable
from proxy.decision.signs import Consequence, Sign

ADDRESSES = frozenset({"A", "AAAA", "HTTPS"})

# What makers of VPNs call themselves; those who write about VPNs add what they do.
_VPN = re.compile(r"(?:[a-z0-9-]{0,24}vpn[0-9]{0,4}|vpn[a-z0-9-]{0,12}|[a-z]{2,12}-vpn-[a-z]{2,12})\.")
_ABOUT_VPN = re.compile(
    r"advis|best|blog|choose|compar|expert|guide|info|mentor|news|overview|rank|rating|review|test|top"
)
# What operators call their encrypted resolvers. `dot` and `dns` alone are many other things too.
_CALLED_SO = re.compile(
    r"(?:doh|doq|odoh|dohs|dns-over-(?:https|tls|quic)|(?:doh|dot|doq|odoh)[-_][a-z0-9-]{1,30}|doh[0-9]{1,3}"
    r"|[a-z0-9-]{1,30}-(?:doh|doq|odoh)|securedns|encrypted-dns|secure-dns)\."
)
_PLACED = re.compile(r"[a-z0-9-]{1,30}\.(?:doh|doq|odoh)\.")
# Departments of Health are called `doh` too, and write it below public suffixes of governments and schools.
_OF_THE_STATE = re.compile(
    r"(?:^|\.)(?:gov|gob|gouv|govt|go|mil|edu|ac|k12|state|us|int|nhs)(?:\.[a-z]{2})?$"
)


def listed(host: str, knowledge: Knowledge, **evidence: str) -> Iterator[Sign]:
    """Sign a canonical host that a list of services knows, at any stage.

    evidence   what else is worth showing beside the name

    A name alone is never an incident: browsers look names up, and open connections, before anybody asks.
    """
    known = knowledge.named(host)
    if known is None or knowledge.around.is_own_name(host):
        return
    usual = knowledge.techniques[known.technique].consequence
    consequence = Consequence.BLOCK if usual is Consequence.INCIDENT else usual
    shown = {"name": host, "listed": known.name, "list": known.list_id, **evidence}
    yield knowledge.sign(known.technique, 1.0, shown, None, consequence)


def listed_name(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a question for a name of a known service."""
    host = host_of(question.name)
    if host:
        yield from listed(host, knowledge)


def called_vpn(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a domain that calls itself a VPN, whoever runs it: not a `vpn` below the domain of an employer."""
    host = host_of(question.name)
    if "vpn" not in host or question.type not in ADDRESSES or knowledge.named(host) is not None:
        return
    domain = registrable(host)
    if not _VPN.match(domain) or _ABOUT_VPN.search(domain) or knowledge.around.is_own_name(host):
        return
    if not _OF_THE_STATE.search(host):
        yield knowledge.sign("vpn.app", 0.7, {"name": host, "domain": domain}, consequence=Consequence.BLOCK)


def called_resolver(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a name that calls itself an encrypted resolver, whoever runs it.

    Only questions for its addresses: a page about it is read elsewhere.
    """
    host = host_of(question.name)
    if not host or question.type not in ADDRESSES:
        return
    called = _CALLED_SO.match(host) or (_PLACED.match(host) if host.count(".") > 2 else None)
    if called is None or host.count(".") < 2 or _OF_THE_STATE.search(host):
        return
    if knowledge.named(host) is None and not knowledge.around.is_own_name(host):
        yield knowledge.sign(
            "dns.doh_host", 0.8, {"name": host, "label": called[0][:-1]}, consequence=Consequence.BLOCK
        )
