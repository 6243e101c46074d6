"""What becomes of a packet that was refused? It is judged like any attempt, counted, and recorded.

The kernel dropped it already: whatever the policy says of it, it did not pass. So a verdict that allows is
recorded as what it was, a refusal by the packet filter.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from proxy import metrics
from proxy.bypass.packets.detectors import noticed
from proxy.bypass.packets.seen import TCP, UDP, Refused
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Sign
from proxy.decision.verdict import Action, Evidence, Reason
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.packets.headers import Unreadable, refused_packet
from proxy.packets.nflog import packets_in
from proxy.packets.repeats import Repeats

log = logging.getLogger(__name__)

type MonotonicClock = Callable[[], float]

UNKNOWN = "egress.packets"
PROTOCOLS = {TCP: "tcp", UDP: "udp"}
EXPLANATION = "Connections leave the school on a few ports only, and this is not one of them."


class Watch:
    """Takes the kernel's messages, for one thread. Where nothing is known of ways around the filter, a packet
    is told as one that may not leave."""

    def __init__(self, gateway: Gateway, clock: MonotonicClock) -> None:
        self._gateway, self._clock = gateway, clock
        self._repeats = Repeats()
        self._faults: set[str] = set()

    def take(self, datagram: bytes) -> list[Judgement]:
        """Judge and record what one datagram of the kernel's tells of; return what was recorded.

        Raises Overrun when the kernel says that messages were lost, and OSError when it tells of an error.
        """
        try:
            packets = packets_in(datagram)
        except Unreadable:
            metrics.PACKETS_UNTOLD.inc("malformed")
            return []
        return [judgement for packet in packets if (judgement := self._told(packet)) is not None]

    def _told(self, packet: bytes) -> Judgement | None:
        try:
            seen = refused_packet(packet)
        except Unreadable:
            metrics.PACKETS_UNTOLD.inc("malformed")
            return None
        if not self._gateway.allows_client(seen.client):
            metrics.PACKETS_UNTOLD.inc("not_configured_network")
            return None
        knowledge = self._gateway.knowledge
        signs = noticed(seen, knowledge, self._fault) if knowledge is not None else ()
        technique = _technique(signs)
        metrics.PACKETS_REFUSED.inc(technique.partition(".")[0])
        if not self._repeats.is_new((seen.client, seen.destination, seen.port, technique), self._clock()):
            metrics.PACKETS_UNTOLD.inc("repeated")
            return None
        judgement = refused_by_packet_filter(self._gateway.judge(_attempt(seen, signs)), technique)
        self._gateway.record(judgement, bytes_=seen.length)
        return judgement

    def _fault(self, name: str, error: Exception) -> None:
        metrics.ERRORS.inc("packets")
        if name not in self._faults:
            self._faults.add(name)
            log.error("the detector %s failed on a refused packet: %s", name, type(error).__name__)


def refused_by_packet_filter(judgement: Judgement, technique: str) -> Judgement:
    """Say of a judgement that allows what the packet filter did; leave a refusal as it is."""
    if judgement.verdict.action is Action.BLOCK:
        return judgement
    verdict = replace(
        judgement.verdict,
        action=Action.BLOCK,
        reason=Reason.PROTOCOL,
        explanation=EXPLANATION,
        check="packets",
        evidence=Evidence(list_id="packets", rule=technique),
        rewrite="",
    )
    return replace(judgement, verdict=verdict)


def _attempt(seen: Refused, signs: tuple[Sign, ...]) -> Attempt:
    method = f"{PROTOCOLS.get(seen.protocol, f'ip-{seen.protocol}')}{f'/{seen.port}' if seen.port else ''}"
    return Attempt(seen.client, Stage.TLS, seen.destination, method=method, port=seen.port, signs=signs)


def _technique(signs: tuple[Sign, ...]) -> str:
    return max(signs, key=lambda sign: sign.confidence).technique if signs else UNKNOWN
