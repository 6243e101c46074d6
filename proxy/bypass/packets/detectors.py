"""What was a packet that the packet filter refused part of?

A connection over TCP is refused at its first packet, which carries no octets of its protocol: its port is all
that shows, and a port alone never opens an incident. Datagrams carry their first octets, and the detectors of
openings read these.
"""

from collections.abc import Iterator

from proxy.bypass.all_detectors import ALL
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector, OnFault, notice
from proxy.bypass.openings.facing import leads_out
from proxy.bypass.packets.seen import ICMP, ICMPV6, Refused
from proxy.decision.signs import Consequence, Sign

ECHOES = {ICMP: 8, ICMPV6: 128}
"""The type of a ping, RFC 792 and 4443."""


def known_port(seen: Refused, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a port that something is known for, where nothing but the port is to be seen."""
    opening = seen.opening
    if opening is None or opening.first or not leads_out(opening, knowledge):
        return
    technique = knowledge.packets.ports.get((opening.transport, opening.port), "")
    if technique and not (technique == "dns.foreign_resolver" and _is_ours(seen, knowledge)):
        yield knowledge.sign(technique, 0.96, _shown(seen, by="port"), None, Consequence.BLOCK)


def known_protocol(seen: Refused, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign what carries other packets, and whatever else is neither TCP, UDP nor ICMP."""
    if seen.opening is not None or seen.protocol in ECHOES:
        return
    technique = knowledge.packets.protocols.get(seen.protocol, "egress.packets")
    yield knowledge.sign(technique, 0.9, _shown(seen), None, Consequence.BLOCK)


def ping(seen: Refused, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign pings that are too long or too many, and other ICMP."""
    if seen.protocol not in ECHOES:
        return
    is_echo = seen.first[:1] == bytes((ECHOES[seen.protocol],))
    technique = "tunnel.icmp" if is_echo else "egress.packets"
    yield knowledge.sign(technique, 0.6, _shown(seen, octets=seen.length), None, Consequence.BLOCK)


PACKET_DETECTORS: tuple[Detector[Refused], ...] = (
    known_port,  # first: it says more of an empty packet than that its port is closed
    known_protocol,
    ping,
)


def noticed(seen: Refused, knowledge: Knowledge, on_fault: OnFault) -> tuple[Sign, ...]:
    """All signs on a refused packet, of the packet itself and of the opening that it is."""
    signs = notice(PACKET_DETECTORS, seen, knowledge, on_fault)
    if seen.opening is not None:
        signs += notice(ALL.openings, seen.opening, knowledge, on_fault)
    return signs


def _is_ours(seen: Refused, knowledge: Knowledge) -> bool:
    return seen.destination in knowledge.around.resolvers


def _shown(seen: Refused, **more: object) -> dict[str, object]:
    shown: dict[str, object] = {"destination": seen.destination, "protocol": seen.protocol}
    if seen.port:
        shown["port"] = seen.port
    return {**shown, **more}
