"""Is what is still open still allowed? Asked again when a verdict runs out or a new revision may touch it.

Splices, streams and WebSockets outlive the verdict that let them in. Each is judged again by the same
gateway, a few at a time so that nobody waits, and cut where the answer has changed, or cannot be told.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime

from proxy import metrics
from proxy.decision.pipeline import strictest
from proxy.decision.verdict import Action, Handling, Verdict
from proxy.frontdoor.dialling import Dialling
from proxy.frontdoor.sessions import Exchange, Session, Sessions, earliest, soonest
from proxy.gateway import Gateway
from proxy.judgement import Change, Judgement

log = logging.getLogger(__name__)

SLICE = 50
ASKED_AT_ONCE = 64

type Pair = tuple[Session, Exchange]


class Rejudging:
    """Judges again what is open, on the event loop that it belongs to.

    clock    the same clock that the gateway judges by
    """

    def __init__(
        self, gateway: Gateway, sessions: Sessions, dialling: Dialling, clock: Callable[[], datetime]
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._dialling = dialling
        self._clock = clock
        self._runs: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take up new revisions from now on."""
        self._loop = loop
        self._gateway.on_swap.append(self._swapped)

    def stop(self) -> None:
        """Judge nothing any more."""
        if self._swapped in self._gateway.on_swap:
            self._gateway.on_swap.remove(self._swapped)
        for run in self._runs:
            run.cancel()

    def tick(self) -> None:
        """Judge again what a verdict has run out for. Asked twice a second."""
        now = self._clock()
        due = [(session, one) for session, one in self._open() if one.until is not None and one.until <= now]
        if due:
            self._begin(due)

    def _swapped(self, change: Change) -> None:
        """A new base, or a correction of any name, may touch everything: an alias of a name as well."""
        everything = change.base_changed or bool(change.names)
        self._begin(
            [
                (session, one)
                for session, one in self._open()
                if everything or one.judgement.view.key != self._view_key(session)
            ]
        )

    def _view_key(self, session: Session) -> Hashable:
        """Under which view a client stands now: another one as soon as an override speaks of him."""
        try:
            return self._gateway.view(self._gateway.subject(session.client, session.login)).key
        except Exception:  # noqa: BLE001  (nobody else's connection stays open for it)
            metrics.ERRORS.inc("frontdoor")
            return session.id  # no view's key: it is judged again, and for itself

    def _open(self) -> Iterator[Pair]:
        for session in self._sessions:
            if session.tunnel is not None:
                yield session, session.tunnel
            for exchange in tuple(session.exchanges.values()):
                yield session, exchange

    def _begin(self, pairs: list[Pair]) -> None:
        if pairs and self._loop is not None:
            run = self._loop.create_task(self._judge_all(pairs))
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    async def _judge_all(self, pairs: list[Pair]) -> None:
        standing: list[Pair] = []
        for number, pair in enumerate(pairs, 1):
            if self._names_stand(*pair):
                standing.append(pair)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        behind: dict[tuple[Hashable, str], list[Pair]] = {}
        for session, exchange in standing:
            if not session.over:
                host = session.server_name or exchange.judgement.request.attempt.host
                behind.setdefault((self._view_key(session), host), []).append((session, exchange))
        room = asyncio.Semaphore(ASKED_AT_ONCE)
        await asyncio.gather(*(self._judge_behind(alike, host, room) for (_, host), alike in behind.items()))

    def _names_stand(self, session: Session, exchange: Exchange) -> bool:
        """Judge the names again, and cut the connection where the answer has changed."""
        if session.over:
            return False
        try:
            judgements = [self._gateway.judge(attempt) for attempt in exchange.judged]
            changed = _changed(exchange, judgements, carried=session.tunnel is exchange)
        except Exception:  # noqa: BLE001  (what cannot be judged again is not carried on)
            metrics.ERRORS.inc("frontdoor")
            changed = True
        if changed:
            self._cut(session)
            return False
        exchange.until = earliest(one.verdict for one in judgements)
        return True

    async def _judge_behind(self, alike: list[Pair], host: str, room: asyncio.Semaphore) -> None:
        """Look whether an alias or address behind a name is forbidden by now to clients of one view.

        Those that stay open are judged again when that may change, where the names' verdicts last longer.

        An upstream that does not answer keeps others waiting only where there is no room for more.
        """
        async with room:
            try:
                blocked, until = await self._dialling.behind(alike[0][0], host)
            except Exception:  # noqa: BLE001  (what cannot be judged again is not carried on)
                metrics.ERRORS.inc("frontdoor")
                blocked, until = True, None
        for session, exchange in alike:
            exchange.until = soonest(exchange.until, until)
            if blocked and not session.over:
                self._cut(session)

    def _cut(self, session: Session) -> None:
        """Cut a connection. A fault in doing so leaves the others to be judged all the same."""
        metrics.REFUSED.inc("tls" if session.tunnel is not None else "http", "judged_again")
        try:
            session.cut()
        except Exception:
            metrics.ERRORS.inc("frontdoor")
            log.exception("a connection that is not allowed any more could not be closed in good order")


def _changed(exchange: Exchange, judgements: list[Judgement], *, carried: bool) -> bool:
    """Whether what was let go would now be refused, rewritten in another way, or opened."""
    verdict = strictest(one.verdict for one in judgements)
    if verdict.action is Action.BLOCK or _rewrite(verdict) != _rewrite(exchange.judgement.verdict):
        return True
    return carried and any(one.verdict.handling is Handling.INSPECT for one in judgements)


def _rewrite(verdict: Verdict) -> str:
    return verdict.rewrite if verdict.action is Action.REWRITE else ""
