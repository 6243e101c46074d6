"""May this attempt pass, for this client, at this moment? The one place where attempts are judged.

Who asks is found out, the moment taken from the clock, the pure pipeline asked, and verdicts about whole
hosts remembered for as long as they hold. Whatever goes wrong inside, the answer is a refusal.
"""

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from proxy import metrics
from proxy.decision.listing import Listing
from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Attempt, Request, Stage, Subject, Trait
from proxy.decision.verdict import Action, Reason, Verdict
from proxy.identity.identities import Identities
from proxy.judgement import FAULT, NOBODY, STRICT_VIEW, Judgement, Standing, before_any_policy, unjudged
from proxy.settings.schema import Settings
from proxy.standings import Standings
from proxy.verdict_cache import VerdictCache, key_of

log = logging.getLogger(__name__)

type Clock = Callable[[], datetime]

NO_TRAITS: frozenset[Trait] = frozenset()


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Judge:
    """Judges attempts by the policy in force, for one process and one thread.

    clock          gives the present as an aware moment
    fallback       settings to go by while no policy has ever been in force: networks and fail mode
    max_verdicts   how many verdicts about whole hosts are remembered
    """

    def __init__(self, clock: Clock, fallback: Settings | None, max_verdicts: int) -> None:
        self.settings: Settings | None = fallback
        self._counted: dict[tuple[Stage, Action, Reason], metrics.Cell] = {}
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
        began = time.perf_counter()
        try:
            judgement = self._judge(attempt)
        except Exception as error:  # noqa: BLE001  (a fault must refuse, never let pass)
            judgement = self._failed(attempt, error)
        self._count(attempt.stage, judgement.verdict)
        self._durations[attempt.stage].observe(time.perf_counter() - began)
        return judgement

    def _judge(self, attempt: Attempt) -> Judgement:
        standing = self._standings.of(attempt.client, attempt.login)
        policy, unspoken = standing.policy, standing.unspoken
        if policy is None or unspoken is None:
            return self._without_policy(attempt)
        at = self.now()
        request = Request(attempt, standing.subject, at.astimezone(policy.zone))
        if attempt.url is not None:
            verdict = unspoken.verdict(request, at)
        else:
            key = key_of(standing.view.key, attempt)
            remembered = self._verdicts.get(key, at)
            if remembered is not None:
                self._hits.value += 1
                verdict = remembered
            else:
                self._misses.value += 1
                verdict = unspoken.verdict(request, at)
                self._verdicts.put(key, at, verdict)
        return Judgement(request, verdict, standing.view, policy)

    def judge_name(
        self,
        standing: Standing,
        host: str,
        method: str = "",
        at: datetime | None = None,
        traits: frozenset[Trait] = NO_TRAITS,
    ) -> Verdict:
        """Judge a host at stage DNS, as `judge` does, for a resolver that keeps its clients' standings.

        at   the present, in UTC; None: by the gateway's clock

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
        self._verdicts.put(key, at, verdict)
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
        policy = standing.policy
        request = Request(
            _named(standing, host, method, traits),
            standing.subject,
            at.astimezone(policy.zone) if policy is not None else at,
        )
        return Judgement(request, verdict, standing.view, policy)

    def _without_policy(self, attempt: Attempt) -> Judgement:
        now, settings = self._clock(), self.settings
        at = now.astimezone(settings.time_zone) if settings else now
        request = Request(attempt, self.identities.subject(attempt.client, attempt.login), at)
        return Judgement(request, before_any_policy(settings, attempt.host, at), STRICT_VIEW, None)

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
        return Judgement(Request(attempt, NOBODY, at), verdict, STRICT_VIEW, self.policy)

    def remembered(self, stage: Stage, verdict: Verdict) -> None:
        """Count a verdict that an adapter gave again from what it remembers."""
        self._hits.value += 1
        self._count(stage, verdict)

    def _count(self, stage: Stage, verdict: Verdict) -> None:
        kind = (stage, verdict.action, verdict.reason)
        cell = self._counted.get(kind)
        if cell is None:
            words = (stage.value, verdict.action.value, verdict.reason.value)
            cell = self._counted[kind] = metrics.VERDICTS.bind(*words)
        cell.inc()


def _named(standing: Standing, host: str, method: str, traits: frozenset[Trait]) -> Attempt:
    return Attempt(standing.client, Stage.DNS, host, login=standing.login, method=method, traits=traits)
