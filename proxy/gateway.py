"""May this attempt pass, for this client, at this moment? The one place where attempts are judged.

Adapters (resolver, proxy, block-page host) see an Attempt and ask `Gateway.judge`. The gateway finds
out who asks, takes the moment from its clock, asks the pure pipeline and remembers verdicts about
whole hosts for as long as they hold. Whatever goes wrong inside, the answer is a refusal.
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.bundle.watch import Watcher
from proxy.decision.names import covers
from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Attempt, Request, Stage, Subject
from proxy.decision.verdict import Action, Reason, Verdict
from proxy.identity.identities import Identities
from proxy.journal.codec import ClientTag, Template
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.spool import Spool
from proxy.judgement import NOBODY, STRICT_VIEW, Change, Judgement, unjudged
from proxy.recording import Recorder
from proxy.settings.schema import Settings
from proxy.settings.schema.gateway import FailMode
from proxy.verdict_cache import VerdictCache, key_of
from proxy.views import Views

log = logging.getLogger(__name__)

type Clock = Callable[[], datetime]

MAX_CLIENTS = 20_000

__all__ = ["Change", "Clock", "Gateway", "Judgement", "utc_now"]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Gateway:
    """The filter's judgement, for one process and one thread.

    state      the gateway's state directory (settings `gateway.state`)
    spool      where events go; None records nothing
    pseudonyms   under which events know people; None: by the key in the state directory
    clock      gives the present as an aware moment
    fallback   settings to go by while no bundle has ever been loaded: networks and fail mode
    max_verdicts   how many verdicts about whole hosts are remembered
    """

    def __init__(
        self,
        state: Path,
        *,
        spool: Spool | None = None,
        pseudonyms: Pseudonyms | None = None,
        clock: Clock = utc_now,
        fallback: Settings | None = None,
        max_verdicts: int = 100_000,
    ) -> None:
        self.policy: Policy | None = None
        self.settings: Settings | None = fallback
        self.generation = 0
        self.on_swap: list[Callable[[Change], None]] = []
        self.spool = spool
        self._recorder = None if spool is None else Recorder(spool, pseudonyms or _pseudonyms(state))
        self._counted: dict[tuple[Stage, Action, Reason], metrics.Cell] = {}
        self._durations = {stage: metrics.JUDGE_SECONDS.bind(stage.value) for stage in Stage}
        self._hits = metrics.VERDICT_CACHE.bind("hit")
        self._misses = metrics.VERDICT_CACHE.bind("miss")
        self._clock = clock
        self.identities = Identities.from_settings(fallback) if fallback else Identities.of_nobody()
        self._watcher = Watcher(state, self.swap)
        self._verdicts = VerdictCache(max_verdicts)
        self._clients: dict[tuple[str, str | None], tuple[Subject, View]] = {}
        self._views = Views()
        self._logged: set[tuple[str, str]] = set()

    def poll(self) -> bool:
        """Take up a newer bundle if there is one, and say so. Reads files; for start-up and tools."""
        return self._watcher.poll()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Load the bundle and go on watching for newer ones, four times a second or more."""
        self.poll()
        self._watcher.start(loop)

    def close(self) -> None:
        """Stop watching."""
        self._watcher.stop()

    @property
    def problems(self) -> tuple[str, ...]:
        """What was refused or has no effect in the bundle, a line each for the operator."""
        return self._watcher.problems

    def readiness(self) -> tuple[bool, str]:
        """Say whether a policy is in force, which, and what was refused since; for /readyz."""
        if self.policy is None:
            return False, "no policy was ever loaded; run `schoolgate publish`"
        said = f"policy {self.policy.base}/{self.policy.overlay} is in force"
        return True, "; ".join((said, *self.problems))

    def swap(self, loaded: LoadedBundle) -> Change:
        """Put a loaded bundle in force and tell all who keep answers what became stale."""
        before, after = self.policy, loaded.policy
        stale = self._views.adopt(after)
        if before is None or before.base != after.base:
            change = Change(True)
            self._verdicts.clear()
            self.generation += 1
        else:
            corrections = frozenset(before.corrections) ^ frozenset(after.corrections)
            change = Change(False, stale, frozenset(correction.name for correction in corrections))
            self._verdicts.forget(change.names)  # the views it names are never asked for again
        self.policy, self.settings, self.identities = after, loaded.settings, loaded.identities
        self._clients.clear()
        metrics.POLICY_REVISION.set(after.base, "base")
        metrics.POLICY_REVISION.set(after.overlay, "overlay")
        metrics.BUNDLE_SWAPS.inc("base" if change.base_changed else "overlay")
        self._tell(change)
        return change

    def _tell(self, change: Change) -> None:
        for tell in self.on_swap:
            try:
                tell(change)
            except Exception:
                metrics.ERRORS.inc("swap")
                log.exception("a part of the filter could not take up the new policy")

    def allows_client(self, client: str) -> bool:
        """Say whether an address lies in a configured network; nobody else is served."""
        return self.identities.known_network(client) is not None

    def subject(self, client: str, login: str | None = None) -> Subject:
        """Return who asks from an address, or under a proven log-in name."""
        return self._who(client, login)[0]

    def view(self, subject: Subject) -> View:
        """Return the view of a subject. Its `key` is small, and equal for those treated alike."""
        return self._views.of(subject) if self.policy is not None else STRICT_VIEW

    def _who(self, client: str, login: str | None) -> tuple[Subject, View]:
        known = self._clients.get((client, login))
        if known is None:
            if len(self._clients) >= MAX_CLIENTS:
                self._clients.clear()
            subject = self.identities.subject(client, login)
            known = self._clients[client, login] = (subject, self.view(subject))
        return known

    def judge(self, attempt: Attempt) -> Judgement:
        """Judge one attempt. Never raises: what cannot be judged is blocked with Reason.ERROR."""
        began = time.perf_counter()
        try:
            judgement = self._judge(attempt)
        except Exception as error:  # noqa: BLE001  (a fault must refuse, never let pass)
            judgement = self._failed(attempt, error)
        self._count(attempt.stage, judgement.verdict)
        self._durations[attempt.stage].observe(time.perf_counter() - began)
        return judgement

    def _judge(self, attempt: Attempt) -> Judgement:
        policy = self.policy
        if policy is None:
            return self._without_policy(attempt)
        subject, view = self._who(attempt.client, attempt.login)
        request = Request(attempt, subject, self._clock().astimezone(policy.zone))
        if attempt.url is not None:
            return Judgement(request, decide(request, policy, view), view, policy)
        key = key_of(view.key, attempt)
        verdict = self._verdicts.get(key, request.at)
        if verdict is not None:
            self._hits.inc()
        else:
            self._misses.inc()
            verdict = decide(request, policy, view)
            self._verdicts.put(key, request.at, verdict)
        return Judgement(request, verdict, view, policy)

    def _without_policy(self, attempt: Attempt) -> Judgement:
        now, settings = self._clock(), self.settings
        at = now.astimezone(settings.time_zone) if settings else now
        essential = (
            settings is not None
            and settings.gateway.fail_mode is FailMode.ESSENTIAL
            and any(covers(name, attempt.host) for name in settings.gateway.essential_names)
        )
        request = Request(attempt, self.identities.subject(attempt.client, attempt.login), at)
        verdict = unjudged(
            Action.ALLOW if essential else Action.BLOCK,
            Reason.NO_POLICY,
            "The filter has not received the school's rules yet"
            + (", and this address is one of the few that stay open until then." if essential else "."),
            at,
        )
        return Judgement(request, verdict, STRICT_VIEW, None)

    def _failed(self, attempt: Attempt, error: Exception) -> Judgement:
        """Refuse what could not be judged; log each kind of fault once, without naming what was asked."""
        metrics.ERRORS.inc("judge")
        kind = (type(error).__name__, attempt.stage.value)
        if kind not in self._logged:
            self._logged.add(kind)
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s while judging at stage %s; the attempt was refused\n%s", *kind, where)
        at = utc_now()
        verdict = unjudged(
            Action.BLOCK,
            Reason.ERROR,
            "The filter could not judge this address because of a fault of its own.",
            at,
        )
        return Judgement(Request(attempt, NOBODY, at), verdict, STRICT_VIEW, self.policy)

    def record(
        self, judgement: Judgement, *, bytes_: int = 0, duration_s: float = 0.0, ticket: str = ""
    ) -> str:
        """Append the event of a judged attempt and return its id; "" where the view's level keeps none.

        bytes_       size of the exchange, both directions
        duration_s   how long it took
        ticket       the code on the block page that was shown for it
        """
        if self._recorder is None:
            return ""
        duration_us = int(duration_s * 1_000_000)
        level = judgement.view.log
        return self._recorder.record(judgement.request, judgement.verdict, level, ticket, bytes_, duration_us)

    def template(self, judgement: Judgement) -> Template | None:
        """Pack the event of a judgement for answers that will be given again (`Spool.append_as`).

        None when nothing is to be recorded. Holds for every client of the same view.
        """
        if self._recorder is None:
            return None
        return self._recorder.template(judgement.request, judgement.verdict, judgement.view.log)

    def client_tag(self, client: str, login: str | None = None) -> ClientTag:
        """Pack who asks, for `Spool.append_as`. Keep it no longer than to the next swap."""
        subject = self.subject(client, login)
        return self._recorder.client_tag(client, subject) if self._recorder else ClientTag(b"")

    def _count(self, stage: Stage, verdict: Verdict) -> None:
        kind = (stage, verdict.action, verdict.reason)
        cell = self._counted.get(kind)
        if cell is None:
            words = (stage.value, verdict.action.value, verdict.reason.value)
            cell = self._counted[kind] = metrics.VERDICTS.bind(*words)
        cell.inc()


def _pseudonyms(state: Path) -> Pseudonyms:
    return Pseudonyms.open_or_create(state / "keys")
