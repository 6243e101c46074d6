"""What is written down when a connection, or something carried on it, ends or is refused?"""

from proxy import metrics
from proxy.decision.verdict import Action
from proxy.frontdoor.sessions import Exchange, Session
from proxy.gateway import Gateway
from proxy.judgement import Judgement


class Endings:
    """Writes the events of connections; refusals are written by whoever refuses, through `refused`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._in = metrics.BODY_BYTES.bind("from_client")
        self._out = metrics.BODY_BYTES.bind("to_client")

    def refused(self, judgement: Judgement, ticket: str = "") -> str:
        """Write the event of a refused attempt and return its id."""
        return self._gateway.record(judgement, ticket=ticket)

    def ended(self, exchange: Exchange) -> None:
        """Write the event of an attempt that was let go."""
        self._in.value += exchange.received
        self._out.value += exchange.sent
        bytes_, took_us = exchange.received + exchange.sent, int(exchange.took_s() * 1_000_000)
        if exchange.packed is not None:
            self._gateway.record_packed(exchange.packed, exchange.time_us, bytes_, took_us)
        else:
            self._gateway.note(exchange.judgement, bytes_, took_us)

    def connection_ended(self, session: Session) -> None:
        """Write what a closing client connection leaves unwritten."""
        if session.tunnel is not None:
            self.ended(session.tunnel)
        elif session.handshake is not None and session.handshake.judgement.verdict.action is Action.BLOCK:
            self.refused(session.handshake.judgement)
        for exchange in session.exchanges.values():
            self.ended(exchange)
        session.tunnel = session.handshake = None
        session.exchanges.clear()
