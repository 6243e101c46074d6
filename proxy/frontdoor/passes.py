"""May this connection pass just as an equal one did a moment ago?

A page makes a dozen connections to the same few hosts. What was judged for a client, and found behind a
name, holds until its `until`, the address's TTL or the next revision, whichever comes first; as long as
that, an equal connection of the same client gets the same answer without being judged anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from proxy.decision.request import Attempt, Stage
from proxy.decision.verdict import Verdict
from proxy.frontdoor.client_hello import Hello
from proxy.frontdoor.dialling import Held
from proxy.frontdoor.sessions import Exchange, HostPort, Session, soonest
from proxy.gateway import Gateway
from proxy.judgement import Change, Judgement
from proxy.recording import Packed

MAX_PASSES = 20_000

type Key = tuple[str, str | None, HostPort, bool, str | None, bytes, bool]


@dataclass(slots=True)
class _Pass:
    """What was found for one client, target and greeting."""

    expires: float
    until: datetime | None
    verdicts: tuple[Verdict, ...]
    judgement: Judgement
    attempts: tuple[Attempt, ...]
    usable: tuple[HostPort, ...]
    packed: Packed | None


class Passes:
    """Answers given a moment ago. Bounded; a new revision forgets them all.

    clock    monotonic, in seconds
    """

    def __init__(self, gateway: Gateway, clock: Callable[[], float] = monotonic) -> None:
        self._gateway = gateway
        self._clock = clock
        self._known: dict[Key, _Pass] = {}
        gateway.on_swap.append(self._swapped)

    def recall(self, session: Session, hello: Hello) -> tuple[HostPort, ...]:
        """Begin a tunnel as an equal one began, and return the addresses to choose from; () asks to judge."""
        key = _key(session, hello)
        if key is None:
            return ()
        known = self._known.get(key)
        if known is None:
            return ()
        at = self._gateway.now()
        if known.expires <= self._clock() or (known.until is not None and known.until <= at):
            del self._known[key]
            return ()
        for verdict in known.verdicts:
            self._gateway.remembered(Stage.TLS, verdict)
        session.handshake = None
        session.server_name = known.judgement.request.attempt.host
        session.tunnel = Exchange(
            known.judgement,
            known.attempts,
            until=known.until,
            packed=known.packed,
            time_us=int(at.timestamp() * 1_000_000),
        )
        return known.usable

    def keep(
        self,
        session: Session,
        hello: Hello,
        judgements: tuple[Judgement, ...],
        held: Held,
    ) -> None:
        """Remember what was found for a tunnel that begins, unless a sign was seen in it."""
        tunnel, key = session.tunnel, _key(session, hello)
        if tunnel is None or key is None or session.server_name != tunnel.judgement.request.attempt.host:
            return
        if any(one.attempt.signs for one in judgements):
            return
        if len(self._known) >= MAX_PASSES:
            self._known.clear()
        self._known[key] = _Pass(
            held.expires,
            soonest(tunnel.until, held.until),
            tuple(one.verdict for one in judgements),
            tunnel.judgement,
            tuple(one.request.attempt for one in judgements),
            held.usable,
            self._gateway.packed(tunnel.judgement),
        )

    def _swapped(self, _: Change) -> None:
        self._known.clear()


def _key(session: Session, hello: Hello) -> Key | None:
    """What connections have to have in common: what a client asked for by name is judged more strictly than
    where its packets happened to go, and what a greeting offers may be what is not let pass."""
    target = session.target
    if target is None:
        return None
    return (
        session.client,
        session.login,
        target,
        session.connect is not None,
        hello.name,
        hello.alpn,
        hello.ech,
    )
