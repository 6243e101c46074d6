"""What do all adapters of a process share? The policy in force, its judgement, and the record.

Adapters (resolver, proxy, block-page host) see an Attempt and ask `Gateway.judge`, which is `judging`'s. Here
policies come and go, and what was judged becomes an event.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.bundle.watch import Watcher
from proxy.decision.unspoken import FINAL
from proxy.decision.verdict import Verdict
from proxy.journal.codec import ClientTag, Template
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.spool import Spool
from proxy.judgement import Change, Judgement, Standing
from proxy.judging import NO_TRAITS, Clock, Judge, utc_now
from proxy.recording import Packed, Recorder
from proxy.settings.bypass.reading import NO_DETECTORS
from proxy.settings.schema import Settings
from proxy.standings import Prepared

log = logging.getLogger(__name__)

__all__ = ["FINAL", "NO_TRAITS", "Change", "Clock", "Gateway", "Judgement", "Standing", "utc_now"]


class Gateway(Judge):
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
        super().__init__(clock, fallback, max_verdicts)
        self.generation = 0
        self.on_swap: list[Callable[[Change], None]] = []
        self.spool = spool
        self._recorder = None if spool is None else Recorder(spool, pseudonyms or _pseudonyms(state))
        self._prepared: Prepared | None = None
        self._watcher = Watcher(state, self.swap, self.prepare)

    def poll(self) -> bool:
        """Take up a newer bundle if there is one, and say so. Reads files; for start-up and tools."""
        return self._watcher.poll()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Load the bundle and go on watching for newer ones, twenty times a second."""
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

    def prepare(self, loaded: LoadedBundle) -> None:
        """Do beforehand what takes long of `swap`. Changes nothing in force; any thread may do it."""
        self._prepared = self._standings.prepare(loaded)

    def swap(self, loaded: LoadedBundle) -> Change:
        """Put a loaded bundle in force and tell all who keep answers what became stale."""
        prepared, self._prepared = self._prepared, None
        change = self._standings.adopt(loaded, prepared)
        after, self.settings, self.knowledge = loaded.policy, loaded.settings, loaded.knowledge
        if change.base_changed:
            self._verdicts.clear()
            self.generation += 1
        else:
            self._verdicts.forget(change.names)  # the views it names are never asked for again
        metrics.BYPASS_TECHNIQUES.set(len(loaded.knowledge.techniques) if loaded.knowledge is not None else 0)
        if change.base_changed and loaded.knowledge is None:
            log.warning(NO_DETECTORS)
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

    def note(self, judgement: Judgement, bytes_: int, duration_us: int) -> None:
        """Append an event as `record` does, where nobody asks for its id."""
        if self._recorder is not None:
            standing, verdict = judgement.standing, judgement.verdict
            self._recorder.note(
                judgement.attempt,
                standing.subject,
                judgement.at,
                verdict,
                standing.view.log,
                bytes_,
                duration_us,
            )

    def packed(self, judgement: Judgement) -> Packed | None:
        """Pack what the events of like attempts share, for `record_packed`; None where none is kept."""
        if self._recorder is None:
            return None
        return self._recorder.packed(judgement.request, judgement.verdict, judgement.view.log)

    def record_packed(self, packed: Packed, time_us: int, bytes_: int, duration_us: int) -> None:
        """Append the event of an attempt that was like the one which was packed.

        time_us       microseconds since 1970
        """
        if self._recorder is not None:
            self._recorder.record_packed(packed, time_us, bytes_, duration_us)

    def template(self, judgement: Judgement) -> Template | None:
        """Pack the event of a judgement for answers that will be given again (`Spool.append_as`).

        None when nothing is to be recorded. Holds for every client of the same view.
        """
        if self._recorder is None:
            return None
        return self._recorder.template(judgement.request, judgement.verdict, judgement.view.log)

    def name_template(self, standing: Standing, host: str, method: str, verdict: Verdict) -> Template | None:
        """Pack the event of a verdict of `judge_name`, as `template` does of a judgement."""
        if self._recorder is None:
            return None
        return self._recorder.name_template(standing.subject, host, method, verdict, standing.view.log)

    def around_name(self, standing: Standing, method: str, verdict: Verdict) -> tuple[bytes, bytes] | None:
        """What stands before and behind a plain host in `name_template`; None when nothing is recorded."""
        if self._recorder is None:
            return None
        return self._recorder.around_name(standing.subject, method, verdict, standing.view.log)

    def around_rule(
        self, standing: Standing, method: str, verdict: Verdict
    ) -> tuple[bytes, bytes, bytes] | None:
        """What stands around a plain host and the rule that covers it in `name_template`; None when nothing
        is recorded."""
        if self._recorder is None:
            return None
        return self._recorder.around_rule(standing.subject, method, verdict, standing.view.log)

    def client_tag(self, client: str, login: str | None = None) -> ClientTag:
        """Pack who asks, for `Spool.append_as`. Keep it no longer than to the next swap."""
        return self.tag_of(self.standing(client, login))

    def tag_of(self, standing: Standing) -> ClientTag:
        """Pack whom a standing is of."""
        if self._recorder is None:
            return ClientTag(b"")
        return self._recorder.client_tag(standing.client, standing.subject)


def _pseudonyms(state: Path) -> Pseudonyms:
    return Pseudonyms.open_or_create(state / "keys")
