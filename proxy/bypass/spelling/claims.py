"""Does a request claim in its header fields to be somebody else's, or for somewhere else?

The gateway goes by the connection, and strips these fields; the claim itself is what is looked at. A browser
sends none of them. Programs on a device do (other filters' agents, accelerators), so only what names somebody
whom a school filters less weighs.
"""

import binascii
import re
from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange, Form
from proxy.bypass.spelling.hosts import host_in, registrable
from proxy.bypass.spelling.table import Claim
from proxy.bypass.surroundings import Surroundings
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.signs import Consequence, Sign
from proxy.decision.urls import Url, canonical_path, parse_url, split_port

MAX_VALUE = 512

_WORD = re.compile(r"[a-z]+")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}", re.IGNORECASE)
_HOST_IN_FORWARDED = re.compile(r"(?:^|[;,\s])host=\"?([^\";,\s]{1,260})", re.IGNORECASE)

IDENTITY, FORWARDED, MISMATCH = "identity.header", "host.forwarded", "host.mismatch"
SURE, LIKELY, WEAK = 0.95, 0.7, 0.3


def claimed(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """Claims to be somebody, and other hosts and paths than the request's own."""
    kinds = knowledge.spellings.claims
    for name, value in exchange.fields:
        claim = kinds.get(name)
        if claim is None or not value:
            continue
        value = value[:MAX_VALUE]
        if claim is Claim.HOST or claim is Claim.PATH:
            yield from _elsewhere(exchange, claim, name, value, knowledge)
        else:
            yield _identity(exchange, claim, name, value, knowledge)
            if name == "forwarded":
                yield from _elsewhere(exchange, Claim.HOST, name, _forwarded_host(value), knowledge)


def two_hosts(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A Host field that differs from the target's host, or from another Host field."""
    hosts = [value for name, value in exchange.fields if name == "host"]
    if not hosts or (len(hosts) == 1 and exchange.form is Form.ORIGIN):
        return
    named = {_named(value) for value in hosts}
    if exchange.form is not Form.ORIGIN:
        named.add(exchange.url.host)
    if len(named) > 1:
        related = len({registrable(host) for host in named}) == 1
        evidence = {"target": exchange.url.host, "host": " ".join(sorted(named))}
        consequence = Consequence.LOG if related else None
        yield knowledge.sign(MISMATCH, WEAK if related else SURE, evidence, consequence=consequence)


def _identity(exchange: Exchange, claim: Claim, name: str, value: str, knowledge: Knowledge) -> Sign:
    """Names of persons stay out of the evidence: it has the word that weighs, or the field alone."""
    word = ""
    if claim is Claim.PERSON or (claim is Claim.ROLE and exchange.field("sec-fetch-mode") == "navigate"):
        word = _privileged(value, knowledge.spellings.privileged)
    elif claim is Claim.SOURCE:
        word = _from_the_privileged(exchange.client, value, knowledge.around)
    if word:
        return knowledge.sign(IDENTITY, SURE, {"field": name, "claims": word})
    return knowledge.sign(IDENTITY, WEAK, {"field": name}, consequence=Consequence.LOG)


def _privileged(value: str, words: frozenset[str]) -> str:
    """The word for somebody whom a school filters less, in a value or its base64; "" when none."""
    for text in (value, _from_base64(value)):
        found: list[str] = _WORD.findall(text.lower())
        for word in found:
            if word in words:
                return word
    return ""


def _from_base64(value: str) -> str:
    text = value.strip()
    try:
        octets: bytes = binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        return ""
    return octets.decode("utf-8", "replace")


def _from_the_privileged(client: str, value: str, around: Surroundings) -> str:
    """An address of those whom the school filters less, claimed by a client who is none of them; or ""."""
    if not client or around.is_privileged(client):
        return ""
    return next((text for text in _ADDRESS.findall(value)[:8] if around.is_privileged(text)), "")


def _elsewhere(
    exchange: Exchange, claim: Claim, name: str, value: str, knowledge: Knowledge
) -> Iterator[Sign]:
    url = exchange.url
    inner = _with_host(url, value) if claim is Claim.HOST else _with_path(url, value)
    if inner is not None and inner != url:
        yield knowledge.sign(FORWARDED, LIKELY, {"field": name, "host": inner.host}, inner)


def _with_host(url: Url, value: str) -> Url | None:
    host = _host(value.partition(",")[0])
    return Url(url.scheme, host, url.port, url.path, url.query) if host else None


def _with_path(url: Url, value: str) -> Url | None:
    if not value.startswith("/"):
        try:
            return parse_url(value) if "://" in value[:10] else None
        except NameProblem:
            return None
    path, _, query = value.partition("?")
    return Url(url.scheme, url.host, url.port, canonical_path(path), query)


def _host(value: str) -> str:
    try:
        return host_in(split_port(value.strip(), 0)[0])
    except NameProblem:
        return ""


def _named(value: str) -> str:
    """The canonical host of a Host field, whether or not it stands for a site on the internet."""
    try:
        return canonical_host(split_port(value[:MAX_VALUE].strip(), 0)[0])
    except NameProblem:
        return value[:100]


def _forwarded_host(value: str) -> str:
    found = _HOST_IN_FORWARDED.search(value)
    return found.group(1) if found else ""
