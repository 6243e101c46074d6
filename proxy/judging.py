"""May this attempt pass, for this client, at this moment? The one place where attempts are judged.

Who asks is found out, the moment taken from the clock, the pure pipeline asked, and verdicts about whole
hosts remembered for as long as they hold. Whatever goes wrong inside, the answer is a refusal.
"""

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from proxy import metrics
from proxy.bypass.knowledge import Knowledge
from proxy.decision.listing import Listing
from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Attempt, Request, Stage, Subject, Trait
from proxy.decision.unspoken import Unspoken
from proxy.decision.verdict import Action, Reason, Verdict
from proxy.identity.identities import Identities
from proxy.judgement import FAULT, NOBODY, STRICT_VIEW, Judgement, Standing, before_any_policy, unjudged
from proxy.settings.schema import Settings
from proxy.standings import Standings
from proxy.verdict_cache import VerdictCache, key_of

log = logging.getLogger(__name__)

type Clock = Callable[[], datetime]

NO_TRAITS: frozenset[Trait] = frozenset()
MAX_CELLS = 512


utc_now: Clock = partial(datetime.now, UTC)
"""The wall clock."""


class Judge:
    """Judges attempts by the policy in force, for one process and one thread.

    clock          gives the present as an aware moment
    fallback       settings to go by while no policy has ever been in force: networks and fail mode
    max_verdicts   how many verdicts about whole hosts are remembered
    """

    def __init__(self, clock: Clock, fallback: Settings | None, max_verdicts: int) -> None:
        self.settings: Settings | None = fallback
        self.knowledge: Knowledge | None = None
        self._counted: dict[tuple[Stage, Action, Reason], metrics.Cell] = {}
        self._cells: dict[int, tuple[Verdict, metrics.Cell]] = {}
        self._durations = {stage: metrics.JUDGE_SECONDS.bind(stage.value) for stage in Stage}
        self._hits = metrics.VERDICT_CACHE.bind("hit")
        self._misses = metrics.VERDICT_CACHE.bind("miss")
        self._clock = clock
        self._standings = Standings(
            Identities.from_settings(fallback) if fallback else Identities.of_nobody()
        )
        self._verdicts = VerdictCache(max_verdicts)
        self._logged: set[tuple[str, str]] = set()

    @property
    def policy(self) -> Policy | None:
        """The policy in force; None while none has ever been loaded."""
        return self._standings.policy

    @property
    def identities(self) -> Identities:
        """Who is who, under the policy in force."""
        return self._standings.identities

    def allows_client(self, client: str) -> bool:
        """Say whether an address lies in a configured network; nobody else is served."""
        return self.identities.known_network(client) is not None

    def subject(self, client: str, login: str | None = None) -> Subject:
        """Return who asks from an address, or under a proven log-in name."""
        return self.standing(client, login).subject

    def view(self, subject: Subject) -> View:
        """Return the view of a subject. Its `key` is small, and equal for those treated alike."""
        return self._standings.view(subject)

    def standing(self, client: str, login: str | None = None) -> Standing:
        """Return who asks and all that answers him. Whoever keeps it asks anew after each swap."""
        return self._standings.of(client, login)

    def now(self) -> datetime:
        """The present, in UTC."""
        now = self._clock()
        return now if now.tzinfo is UTC else now.astimezone(UTC)

    def judge(self, attempt: Attempt) -> Judgement:
        """Judge one attempt. Never raises: what cannot be judged is blocked with Reason.ERROR."""
        try:
            client, login = attempt.client, attempt.login
            standing = self._standings.known.get(client if login is None else (client, login))
            if standing is None:
                standing = self._standings.of(client, login)
            unspoken = standing.unspoken
            if unspoken is None:
                return self._without_policy(attempt, standing)
            at = self._clock()
            if at.tzinfo is not UTC:
                at = at.astimezone(UTC)
            if attempt.signs:
                pass  # such an attempt is one of its own
            elif attempt.url is None:
                key = (standing.view.key, attempt.stage, attempt.host, attempt.traits)  # `key_of`
                kept = self._verdicts.find(key, at)
                if kept is not None:
                    self._hits.value += 1
                    kept.counter.value += 1
                    return Judgement(attempt, standing, kept.verdict, at)
            elif attempt.stage is Stage.HTTP:
                shared = unspoken.of_page(attempt.host, attempt.url, attempt.traits, at)
                if shared is not None:
                    self._cell(shared).value += 1
                    return Judgement(attempt, standing, shared, at)
            verdict = self._decided(attempt, standing, unspoken, at)
            return Judgement(attempt, standing, verdict, at)
        except Exception as error:  # noqa: BLE001  (a fault must refuse, never let pass)
            return self._failed(attempt, error)

    def _decided(self, attempt: Attempt, standing: Standing, unspoken: Unspoken, at: datetime) -> Verdict:
        """Decide, count and remember."""
        policy = standing.policy
        assert policy is not None
        began = time.perf_counter()
        verdict = unspoken.verdict(Request(attempt, standing.subject, at.astimezone(policy.zone)), at)
        self._durations[attempt.stage].observe(time.perf_counter() - began)
        counter = self._counter(attempt.stage, verdict)
        if attempt.url is None and not attempt.signs:
            self._misses.value += 1
            self._verdicts.put(key_of(standing.view.key, attempt), at, verdict, counter)
        counter.value += 1
        return verdict

    def judge_name(
        self,
        standing: Standing,
        host: str,
        method: str = "",
        at: datetime | None = None,
        traits: frozenset[Trait] = NO_TRAITS,
        counted: bool = True,
    ) -> Verdict:
        """Judge a host at stage DNS, as `judge` does, for a resolver that keeps its clients' standings.

        at        the present, in UTC; None: by the gateway's clock
        counted   False: whoever gives the answer counts its verdict

        Never raises. A host that is on no list and in no rule costs a few microseconds, and is not
        remembered: the resolver keeps its answer.
        """
        try:
            if standing.policy is not self._standings.policy:
                standing = self.standing(standing.client, standing.login)
            unspoken = standing.unspoken
            if unspoken is None:
                return self.judge(_named(standing, host, method, traits)).verdict
            if at is None:
                at = self.now()
            found = unspoken.listings(host, traits)
            if found or not unspoken.is_in_no_rule(host):
                verdict = self._spoken_of(_named(standing, host, method, traits), standing, at, found)
            else:
                verdict = unspoken.shared(host, Stage.DNS, traits, at)
        except Exception as error:  # noqa: BLE001  (a fault must refuse, never let pass)
            verdict = self._failed(_named(standing, host, method, traits), error).verdict
        if counted:
            self._count(Stage.DNS, verdict)
        return verdict

    def _spoken_of(
        self, attempt: Attempt, standing: Standing, at: datetime, found: Sequence[Listing]
    ) -> Verdict:
        """The verdict on a host that some list or rule speaks of, made once for as long as it holds."""
        policy = standing.policy
        assert policy is not None
        key = key_of(standing.view.key, attempt)
        verdict = self._verdicts.get(key, at)
        if verdict is not None:
            self._hits.value += 1
            return verdict
        self._misses.value += 1
        began = time.perf_counter()
        request = Request(attempt, standing.subject, at.astimezone(policy.zone))
        verdict = decide(request, policy, standing.view, found)
        self._durations[Stage.DNS].observe(time.perf_counter() - began)
        self._verdicts.put(key, at, verdict, self._counter(Stage.DNS, verdict))
        return verdict

    def judgement(
        self,
        standing: Standing,
        host: str,
        method: str,
        verdict: Verdict,
        at: datetime | None = None,
        traits: frozenset[Trait] = NO_TRAITS,
    ) -> Judgement:
        """Write out what a verdict of `judge_name` was made from, for whoever needs the whole."""
        at = self.now() if at is None else at
        return Judgement(_named(standing, host, method, traits), standing, verdict, at)

    def _without_policy(self, attempt: Attempt, standing: Standing) -> Judgement:
        now, settings = self._clock(), self.settings
        at = now.astimezone(settings.time_zone) if settings else now
        verdict = before_any_policy(settings, attempt.host, at)
        self._count(attempt.stage, verdict)
        return Judgement(attempt, standing, verdict, at)

    def _failed(self, attempt: Attempt, error: Exception) -> Judgement:
        """Refuse what could not be judged; log each kind of fault once, without naming what was asked."""
        metrics.ERRORS.inc("judge")
        kind = (type(error).__name__, attempt.stage.value)
        if kind not in self._logged:
            self._logged.add(kind)
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s while judging at stage %s; the attempt was refused\n%s", *kind, where)
        at = utc_now()
        verdict = unjudged(Action.BLOCK, Reason.ERROR, FAULT, at)
        self._count(attempt.stage, verdict)
        nobody = Standing(attempt.client, attempt.login, NOBODY, STRICT_VIEW, self.policy, None)
        return Judgement(attempt, nobody, verdict, at)

    def remembered(self, stage: Stage, verdict: Verdict) -> None:
        """Count a verdict that an adapter gave again from what it remembers."""
        self._hits.value += 1
        self._count(stage, verdict)

    def _count(self, stage: Stage, verdict: Verdict) -> None:
        self._counter(stage, verdict).value += 1

    def _cell(self, verdict: Verdict) -> metrics.Cell:
        """What counts a verdict of stage HTTP that many pages share. Told apart by identity, and kept here so
        that no other takes the place of one."""
        known = self._cells.get(id(verdict))
        if known is None:
            if len(self._cells) >= MAX_CELLS:
                self._cells.clear()
            known = self._cells[id(verdict)] = (verdict, self._counter(Stage.HTTP, verdict))
        return known[1]

    def _counter(self, stage: Stage, verdict: Verdict) -> metrics.Cell:
        kind = (stage, verdict.action, verdict.reason)
        cell = self._counted.get(kind)
        if cell is None:
            words = (stage.value, verdict.action.value, verdict.reason.value)
            cell = self._counted[kind] = metrics.VERDICTS.bind(*words)
        return cell


def _named(standing: Standing, host: str, method: str, traits: frozenset[Trait]) -> Attempt:
    return Attempt(standing.client, Stage.DNS, host, login=standing.login, method=method, traits=traits)
