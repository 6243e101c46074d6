"""What does a stream or a flow speak that is not TLS, and may it?

mitmproxy relays what it does not know, inside intercepted TLS too. So whatever is neither TLS nor the
web is signed: by its protocol where that is told, else as unknown.
"""

from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings import datagrams, streams
from proxy.bypass.openings.facing import is_datagram, is_media, is_tls, leads_out, shown
from proxy.bypass.openings.hello import is_hello
from proxy.bypass.openings.requests import asked_of_proxy, asked_of_tunnel
from proxy.decision.signs import Consequence, Sign

RESOLVER_PORTS = frozenset({784, 853, 8853})
"""DNS over QUIC, now and in drafts (RFC 9250, section 4.1.1)."""
MEDIA = frozenset({"webrtc.stun", "vpn.dtls"})
WEB_PORT = 443
SSH_PORT = 22


def known_service(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign what leads to an address of a known service."""
    technique = knowledge.addresses.services.of(opening.destination) if opening.destination else ""
    if not technique or opening.is_inside:
        return
    if technique == "dns.doh_sni" and (opening.port not in (443, 853, 8443) or is_datagram(opening)):
        return
    # A resolver's or a relay's whole range: what else it has is nobody's business here, nor an incident.
    consequence = None if technique.startswith("tor.") else Consequence.BLOCK
    yield knowledge.sign(technique, 0.9, shown(opening, by="address"), None, consequence)


def stream(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a stream that is neither TLS nor the web, and requests of what only looks like the web."""
    if is_datagram(opening) or is_tls(opening) or not (opening.first or opening.server_first):
        return
    if not leads_out(opening, knowledge):
        return
    if opening.is_inside and is_hello(opening.first):
        yield knowledge.sign("tunnel.nested_tls", 0.9, shown(opening))
    elif streams.is_web(opening.first):
        yield from _request(opening, knowledge)
    elif opening.first and streams.may_become_web_or_tls(opening.first):
        return
    else:
        yield from _spoken(opening, knowledge)


def _request(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    technique, line = asked_of_tunnel(opening.first)
    if technique:
        yield knowledge.sign(technique, 1.0, shown(opening, request=line))
        return
    # Inside TLS, an absolute address is ordinary HTTP; only who asks for a connection asks a proxy.
    may_ask = not opening.is_inside or opening.first.startswith(b"CONNECT ")
    target = asked_of_proxy(opening, knowledge.around.proxies) if may_ask else ""
    if target:
        yield knowledge.sign("proxy.http", 0.95, shown(opening, target=target))
    elif opening.port == WEB_PORT and not opening.is_inside:
        yield knowledge.sign("tls.plain", 0.95, shown(opening))


def _spoken(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    technique, why = _stream_spoken(opening)
    if technique:
        if technique != "webrtc.stun" or not is_media(opening, knowledge):
            # A port that is closed anyway: who uses it as it is meant to be used hides nothing.
            is_plain = technique == "tunnel.ssh" and opening.port == SSH_PORT and not opening.is_inside
            is_loose = technique in streams.STRUCTURES and why != streams.WITH_NAME
            consequence = Consequence.BLOCK if is_plain or is_loose else None
            yield knowledge.sign(technique, 0.97, shown(opening, form=why), None, consequence)
        return
    if not opening.is_inside and opening.port == 53 and datagrams.dns(opening.first[2:], 53):
        if opening.destination not in knowledge.around.resolvers:
            yield knowledge.sign("dns.foreign_resolver", 1.0, shown(opening, form="query"))
        return
    if not (opening.is_inside or opening.is_carried) and opening.port not in knowledge.around.tcp_out:
        return  # its port is closed, which says enough
    sure = opening.first and (opening.is_inside or opening.port == WEB_PORT)
    consequence = None if sure else Consequence.BLOCK
    form = "inside intercepted TLS" if opening.is_inside else "neither TLS nor HTTP"
    yield knowledge.sign("tunnel.unknown", 0.9 if sure else 0.6, shown(opening, form=form), None, consequence)


def _stream_spoken(opening: Opening) -> tuple[str, str]:
    if is_tls(opening) or streams.is_web(opening.first):
        return "", ""
    for technique, spoken in streams.SPOKEN:
        why = spoken(opening.first, opening.server_first)
        if why:
            return technique, why
    return "", ""


def datagram(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a flow of datagrams by its protocol, or by its port where that is closed."""
    if not is_datagram(opening) or not leads_out(opening, knowledge):
        return
    technique, why = _first_spoken(opening)
    if technique == "vpn.wireguard" and knowledge.addresses.services.of(opening.destination) == "vpn.warp":
        technique = "vpn.warp"
    if technique in MEDIA and is_media(opening, knowledge):
        return
    if technique == "dns.foreign_resolver" and opening.destination in knowledge.around.resolvers:
        return
    if technique == "quic.http3" and opening.port in RESOLVER_PORTS:
        technique = "dns.doq"
    if technique:
        yield knowledge.sign(technique, 0.97, shown(opening, form=why))


def _first_spoken(opening: Opening) -> tuple[str, str]:
    for technique, spoken in datagrams.SPOKEN:
        why = spoken(opening.first, opening.port)
        if why:
            return technique, why
    if opening.transport is Transport.QUIC or (opening.port == WEB_PORT and not opening.first):
        return "quic.http3", "its port"
    if opening.port in RESOLVER_PORTS:
        return "dns.doq", "its port"
    return "", ""


def closed_port(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign what leaves by a port that is not open, where nothing more telling is known of it."""
    if opening.is_inside or opening.is_carried or not leads_out(opening, knowledge):
        return
    around = knowledge.around
    if not is_datagram(opening):
        if opening.port not in around.tcp_out and opening.port != 853 and not _stream_spoken(opening)[0]:
            yield knowledge.sign("egress.tcp", 0.95, shown(opening, open=_ports(around.tcp_out)))
        return
    if _first_spoken(opening)[0] or is_media(opening, knowledge):
        return
    is_time = datagrams.ntp(opening.first, opening.port) or (opening.port == 123 and not opening.first)
    if opening.port not in around.udp_out or (opening.port == 123 and not is_time):
        yield knowledge.sign("egress.udp", 0.95, shown(opening, open=_ports(around.udp_out)))


def _ports(of: frozenset[int]) -> str:
    return " ".join(str(port) for port in sorted(of)[:20])
