"""Does a device ask for something by itself: for another resolver, a relay, a proxy configuration?"""

from collections.abc import Iterator

from proxy.bypass.dns.spelled import host_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.signs import Sign

SERVICE_BINDINGS = frozenset({"SVCB", "TYPE64"})


def designated_resolver(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign the question whether a resolver offers itself encrypted too (RFC 9461 and 9462)."""
    host = host_of(question.name)
    if question.type not in SERVICE_BINDINGS or not (host.startswith("_dns.") or "._dns." in host):
        return
    if not knowledge.around.is_own_name(host) and knowledge.named(host) is None:
        yield knowledge.sign("dns.auto_signal", 1.0, {"name": host, "type": question.type})


def proxy_configuration(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign the search for a proxy configuration (WPAD) beyond the school's own zones.

    Whoever answers it for a parent domain would get all traffic of the device.
    """
    host = host_of(question.name)
    if (host == "wpad" or host.startswith("wpad.")) and not knowledge.around.is_own_name(host):
        yield knowledge.sign("dns.wpad", 1.0, {"name": host, "type": question.type})


def hidden_resolver(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign the question for a DNSCrypt resolver's certificate (DNSCrypt protocol, section 4)."""
    host = host_of(question.name)
    if host.startswith("2.dnscrypt-cert."):
        yield knowledge.sign("dns.dnscrypt", 1.0, {"name": host, "type": question.type})


def foreign_resolver(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a question that was sent to a resolver outside."""
    resolver = question.resolver
    if resolver and resolver not in knowledge.around.resolvers and knowledge.around.is_public(resolver):
        yield knowledge.sign("dns.foreign_resolver", 1.0, {"resolver": resolver, "name": question.name})
