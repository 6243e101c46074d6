"""Does a TLS greeting hide, mislead about, or lack the name of where it goes?

A JA3 or JA4 fingerprint decides nothing here: browsers shuffle what JA3 counts, all programmes of one
language share a JA4, and tunnels copy a browser's. An ECH extension beside an ordinary name is what
every current browser sends (GREASE, RFC 9849); a greeting in several records is too.
"""

import ipaddress
import re
from collections.abc import Iterator

from proxy.bypass.dns.listed import listed
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Opening
from proxy.bypass.openings.facing import is_media, is_tls, leads_out, shown
from proxy.bypass.openings.hello import HelloSeen, read_hello
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.signs import Consequence, Sign

PUSH = frozenset({5223, 5228, 5229, 5230})
"""Apple's and Google's push services; some of their clients name no server."""
RESOLVERS = {"dot": "dns.dot", "doq": "dns.doq", "doq-i00": "dns.doq"}
MEDIA = frozenset({"stun.turn", "stun.nat-discovery", "webrtc", "c-webrtc"})
NOT_FOR_TLS = frozenset({53, 80})
PREFIX = {4: 16, 6: 32}
"""A site moves within so many leading bits all the time."""

# Tor's greeting names `www.`, 4 to 25 letters of base32, `.com` or `.net`, made up for each connection.
_TOR_NAME = re.compile(r"www\.([a-z2-7]{8,25})\.(?:com|net)\Z")
_NO_WORD = re.compile(r"[bcdfghjklmnpqrstvwxz2-7]{5}|[2-7][a-z]+[2-7]")


def resolver_greeting(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign DNS over TLS: by the protocol offered on any port, or by its port."""
    if not is_tls(opening) or not leads_out(opening, knowledge):
        return
    offered = _protocols(opening)
    technique = next((RESOLVERS[each] for each in offered if each in RESOLVERS), "")
    if not technique and opening.port == 853:
        technique = "dns.dot"
    if technique:
        yield knowledge.sign(technique, 1.0, shown(opening, protocols=" ".join(offered), sni=_name(opening)))
    elif not MEDIA.isdisjoint(offered) and not is_media(opening, knowledge):
        yield knowledge.sign("webrtc.stun", 0.95, shown(opening, protocols=" ".join(offered)))


def listed_server(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a greeting, or a tunnel that is asked for, that names a known service."""
    host = _host(_name(opening)) if opening.is_asked or is_tls(opening) else ""
    if not host or is_address(host):
        return
    for sign in listed(host, knowledge, destination=opening.destination):
        if sign.technique == "dns.doh_host":
            yield knowledge.sign("dns.doh_sni", sign.confidence, dict(sign.evidence))
        else:
            yield sign


def server_not_named(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a greeting to the outside without a name, with an address for a name, or with two names."""
    if not is_tls(opening) or not leads_out(opening, knowledge):
        return
    names = _seen(opening).names
    name = _name(opening)
    if len({each.lower() for each in names}) > 1:
        yield knowledge.sign("tls.two_names", 1.0, shown(opening, names=" ".join(names)))
    elif not name and opening.port not in PUSH:
        yield knowledge.sign("tls.no_sni", 1.0, shown(opening, sni="none"))
    elif name and (not (host := _host(name)) or is_address(host)):
        yield knowledge.sign("tls.no_sni", 1.0, shown(opening, sni=name))


def name_elsewhere(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a greeting whose name our resolver has just given other addresses for, or none.

    Nothing known says nothing; neither does an address near one that was given, or of the same owner.
    """
    name, resolved = _name(opening), opening.resolved
    if not is_tls(opening) or resolved is None or not name or not opening.destination:
        return
    if not leads_out(opening, knowledge):
        return
    if not resolved or not _is_near(opening.destination, resolved, knowledge):
        given = " ".join(sorted(resolved)[:4]) or "no address"
        yield knowledge.sign("tls.sni_mismatch", 0.9, shown(opening, sni=name, resolved=given))


def made_up_name(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a greeting as Tor sends it: a made-up name that nobody looked up, and no protocol offered."""
    found = _TOR_NAME.match(_name(opening).lower()) if is_tls(opening) else None
    if found is None or opening.resolved or _protocols(opening) or not leads_out(opening, knowledge):
        return
    is_made_up = _NO_WORD.search(found[1]) is not None
    consequence = None if is_made_up else Consequence.LOG
    yield knowledge.sign(
        "tor.hello", 0.85 if is_made_up else 0.2, shown(opening, sni=found[0]), None, consequence
    )


def unusual_port(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign TLS to the outside on the ports of names and of plain pages."""
    if is_tls(opening) and opening.port in NOT_FOR_TLS and leads_out(opening, knowledge):
        yield knowledge.sign("tls.port", 0.95, shown(opening, sni=_name(opening)))


def _is_near(address: str, given: frozenset[str], knowledge: Knowledge) -> bool:
    """Say whether an address lies near a given one; so does one of a version that none was given of."""
    try:
        found = ipaddress.ip_address(address)
        others = [ipaddress.ip_address(each) for each in given]
    except ValueError:
        return True
    same = [other for other in others if other.version == found.version]
    shift = found.max_prefixlen - PREFIX[found.version]
    if not same or any(int(other) >> shift == int(found) >> shift for other in same):
        return True
    owner = knowledge.addresses.owners.of(address)
    return bool(owner) and any(knowledge.addresses.owners.of(str(other)) == owner for other in same)


def _seen(opening: Opening) -> HelloSeen:
    return read_hello(opening.first)


def _name(opening: Opening) -> str:
    """The server's name: as the octets have it, else as the adapter read it."""
    names = _seen(opening).names if opening.first else ()
    return names[0] if names else opening.sni


def _protocols(opening: Opening) -> tuple[str, ...]:
    return (_seen(opening).protocols if opening.first else ()) or opening.alpn


def _host(name: str) -> str:
    try:
        return canonical_host(name)
    except NameProblem:
        return ""
