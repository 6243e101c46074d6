"""Does an answer lead where its name did not say: to a known service, into the school, past the filter?"""

import ipaddress
import re
from collections.abc import Iterator

from proxy.bypass.dns.listed import listed
from proxy.bypass.dns.service_bindings import ServiceBinding, read_binding
from proxy.bypass.dns.spelled import host_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question, Record
from proxy.bypass.surroundings import LOCAL
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.signs import Consequence, Sign

MAX_RECORDS = 64
"""How many records of an answer are ever looked at."""
ALIASES = frozenset({"CNAME", "DNAME"})
BINDINGS = frozenset({"HTTPS", "SVCB", "TYPE64", "TYPE65"})
ADDRESSES = frozenset({"A", "AAAA"})

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
# A name made of an address that is looked up: a list of hosts that send spam answers so (RFC 5782).
_REVERSED = re.compile(r"(?:[0-9]{1,3}\.){4}[a-z]|(?:[0-9a-f]\.){32}[a-z]")
# These are inside by definition, and no public server answers for them (RFC 6762, 8375; .internal).
_INSIDE = (
    ".local",
    ".home.arpa",
    ".internal",
    ".localhost",
    ".lan",
    ".intranet",
    ".private",
    ".corp",
    ".home",
)


def behind_alias(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a known service that a name leads to by an alias."""
    if not question.answers:
        return
    asked = host_of(question.name)
    for record in question.answers[:MAX_RECORDS]:
        target = _target(record)
        if target and target != asked:
            yield from listed(target, knowledge, asked=asked, by=record.type)


def rebinding(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a public name that leads to an address inside the school, or to the device itself."""
    host = host_of(question.name) if question.answers else ""
    if not host or _may_lead_inward(host, knowledge):
        return
    for address in _addresses(question):
        found = _inside(address, knowledge)
        if found is None:
            continue
        evidence = {"name": host, "address": address}
        if str(found) in knowledge.around.resolvers:
            yield knowledge.sign("dns.rebinding_gateway", 1.0, evidence)
        elif found.is_unspecified or (found in _LOOPBACK and str(found) != "127.0.0.1"):
            # 0.0.0.0 is what filters upstream answer, 127.x what lists of hashes and addresses answer.
            yield knowledge.sign("dns.rebinding", 0.2, evidence, consequence=Consequence.LOG)
        else:
            yield knowledge.sign("dns.rebinding", 0.9, evidence)
        return


def service_binding(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign an answer with keys for hidden greetings, with a path to an encrypted resolver, or with HTTP/3."""
    for record in question.answers[:MAX_RECORDS]:
        if record.type not in BINDINGS:
            continue
        binding = read_binding(record.data)
        found = "" if binding is None else binding.evading()
        if found:
            yield knowledge.sign("dns.svcb", 1.0, {"name": question.name, "taken out": found})
            return


def _may_lead_inward(host: str, knowledge: Knowledge) -> bool:
    if knowledge.around.is_own_name(host) or knowledge.ordinary.leads_inward(host):
        return True
    if "." not in host or host.endswith(_INSIDE):
        return True
    return host.endswith(".arpa") or knowledge.ordinary.is_lookup(host) or _REVERSED.match(host) is not None


def _addresses(question: Question) -> Iterator[str]:
    for record in question.answers[:MAX_RECORDS]:
        if record.type in ADDRESSES:
            yield record.data
        elif record.type in BINDINGS:
            binding = read_binding(record.data)
            yield from () if binding is None else binding.hints


def _inside(text: str, knowledge: Knowledge) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address inside that a record's address is, or holds; None for one outside, or for what is none."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in _NAT64):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    networks = (*LOCAL, *knowledge.around.networks)
    if any(network.version == address.version and address in network for network in networks):
        return address
    return None


def _target(record: Record) -> str:
    """The canonical name that a record leads to, or ""."""
    if record.type in ALIASES:
        text = record.data
    elif record.type in BINDINGS:
        binding: ServiceBinding | None = read_binding(record.data)
        text = "" if binding is None else binding.target
    else:
        return ""
    try:
        return canonical_host(text) if text and text != "." else ""
    except NameProblem:
        return ""
