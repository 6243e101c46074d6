"""Which detectors look at how hosts are written, and at what requests claim?"""

from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.bypass.spelling.claims import claimed, two_hosts
from proxy.bypass.spelling.lookalikes import imitated
from proxy.bypass.spelling.wildcards import spelled
from proxy.decision.names import is_address
from proxy.decision.signs import Consequence, Sign
from proxy.decision.urls import Url

LITERAL, WILDCARD, LOOKALIKE = "host.ip_literal", "host.wildcard_ip", "host.lookalike"
SURE, WEAK = 0.98, 0.4


def bare_address(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A public address in place of a name, however it is written."""
    host = exchange.url.host
    if is_address(host) and knowledge.around.is_public(host):
        yield knowledge.sign(LITERAL, SURE, {"host": host, "written": exchange.field("host")})


def misleading_host(exchange: Exchange, knowledge: Knowledge) -> list[Sign]:
    """A name that spells an address or imitates another, in a request."""
    return _of_name(exchange.url.host, exchange.url, knowledge)


def misleading_name(question: Question, knowledge: Knowledge) -> list[Sign]:
    """The same in a DNS question."""
    host = question.name.lower()
    return _of_name(host, Url("https", host, 443, "/"), knowledge)


def misleading_sni(opening: Opening, knowledge: Knowledge) -> list[Sign]:
    """The same in a handshake."""
    return _of_name(opening.sni, Url("https", opening.sni, 443, "/"), knowledge)


def _of_name(host: str, url: Url, knowledge: Knowledge) -> list[Sign]:
    spellings = knowledge.spellings
    zone = spellings.wildcard(host)
    names = imitated(host, spellings.letters)
    if (not zone and not names) or is_address(host) or knowledge.around.is_own_name(host):
        return []
    signs = []
    if zone and host != zone:
        address = spelled(host, zone)
        leads_out = knowledge.around.is_public(address)
        evidence = {"host": host, "address": address}
        consequence = None if leads_out else Consequence.LOG
        signs.append(knowledge.sign(WILDCARD, SURE if leads_out else WEAK, evidence, consequence=consequence))
    for name in names:
        inner = Url(url.scheme, name, url.port, url.path, url.query)
        signs.append(knowledge.sign(LOOKALIKE, WEAK, {"host": host, "looks like": name}, inner))
    return signs


REQUEST_DETECTORS: tuple[Detector[Exchange], ...] = (
    bare_address,
    misleading_host,
    two_hosts,  # before claims: which site is meant comes before who asks
    claimed,
)
ANSWER_DETECTORS: tuple[Detector[Exchange], ...] = ()
MESSAGE_DETECTORS: tuple[Detector[Exchange], ...] = ()
NAME_DETECTORS: tuple[Detector[Question], ...] = (misleading_name,)
OPENING_DETECTORS: tuple[Detector[Opening], ...] = (misleading_sni,)
