"""Which events that count have come since the last look, each once, whatever is killed when?

What has been read, and what came of it, is kept in one transaction. Events of one moment come to disk within
seconds, after an outage of a disk within hours: each round begins a little before the last one ended, and
every hour one begins a day before. What was counted is known by its event's id. What happened before
incidents were asked for is not read at all.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from proxy import metrics
from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents.acts import Acts
from proxy.console.incidents.models import Cursor, Taken
from proxy.console.incidents.naming import behind
from proxy.console.incidents.opening import rules, weigh
from proxy.console.review.in_force import in_force
from proxy.console.site.config import config
from proxy.decision.verdict import Action, Reason
from proxy.incidents.told import Told, counted
from proxy.journal import Event, Wanted
from proxy.journal.archive import open_events

AT_ONCE = 1000
"""Events that one round counts; what is left is the next round's."""
OVERLAP = timedelta(seconds=30)
LOOKS_BACK = timedelta(days=1)
EVERY = timedelta(hours=1)
SAVED_EVERY = timedelta(minutes=5)
"""Where nothing counts, how far was read is written down no oftener; what is read again counts once."""

log = logging.getLogger("schoolgate.console")

type Weights = Mapping[str, float]


class Reader:
    """Reads the journal on, round by round."""

    def __init__(self) -> None:
        self._read_to: datetime | None = None
        self._is_ahead = False

    def read(self, at: datetime) -> int:
        """Count what has come since the last round; return how many events counted.

        Does nothing while no policy is in force: what a technique weighs is not known then.
        """
        if not config().settings.incidents.enabled:
            self._forget(at)
            return 0
        loaded = in_force(config().state)
        knowledge = loaded.knowledge if loaded is not None else None
        if knowledge is None:
            return 0
        weights = {technique.id: technique.weight for technique in knowledge.techniques.values()}
        cursor = _cursor(at)
        looks_back = at - cursor.looked_back_at >= EVERY
        read_to = max(cursor.read_to, self._read_to or cursor.read_to)
        since = min(read_to, at) - OVERLAP
        if not self._begins_ahead(cursor, at):
            since = max(min(since, at - LOOKS_BACK) if looks_back else since, cursor.counts_from)
        found = list(islice(_new(since, weights), AT_ONCE))
        is_all = len(found) < AT_ONCE
        read_to = max(read_to, at if is_all else found[-1][0].time)
        if is_all and looks_back:
            cursor.looked_back_at = at
        if found or looks_back or read_to - cursor.read_to >= SAVED_EVERY:
            cursor.read_to = read_to
            _keep(found, cursor, at)
        self._read_to = read_to
        return len(found)

    def _begins_ahead(self, cursor: Cursor, at: datetime) -> bool:
        """Whether counting would begin only later: then it begins where was read to. Said once."""
        was, self._is_ahead = self._is_ahead, cursor.counts_from > at
        if self._is_ahead and not was:
            log.error(
                "incidents: counting is said to begin at %s, still to come; what comes counts all the same. "
                "Was this machine's clock ahead? If not, somebody wrote to the database: "
                "run schoolgate audit verify",
                cursor.counts_from.isoformat(timespec="seconds"),
            )
        return self._is_ahead

    def _forget(self, at: datetime) -> None:
        """What happens meanwhile is not counted later, either."""
        self._read_to = None
        counting = Cursor.objects.filter(counting=True)
        if counting.exists():
            with transaction.atomic():
                counting.update(counting=False)
                append("incidents.stop", actor=actors.TIMERS, at=at)


def _cursor(at: datetime) -> Cursor:
    """How far was read. Where nothing was counted until now, counting begins at this moment."""
    cursor = Cursor.objects.filter(pk=1).first()
    if cursor is not None and cursor.counting:
        return cursor
    begins = at if cursor is None else max(at, cursor.read_to, cursor.looked_back_at)
    cursor = cursor or Cursor()
    cursor.read_to = cursor.looked_back_at = cursor.counts_from = begins
    cursor.counting = True
    told = {"counts_from": begins.isoformat(timespec="seconds")}
    with transaction.atomic():
        cursor.save()
        append("incidents.begin", actor=actors.TIMERS, detail=told, at=at)
    return cursor


def _new(since: datetime, weights: Weights) -> Iterator[tuple[Event, Told]]:
    """The events from a moment on that count, and were not counted yet, by time."""
    known = set(Taken.objects.filter(at__gte=since).values_list("event", flat=True))
    for event in open_events(config().state).events(Wanted(since=since, action=Action.BLOCK, signed=True)):
        if event.id in known or event.reason is not Reason.WAY_AROUND:
            continue
        told = counted(event.signs, event.rule, weights)
        if told is not None:
            yield event, told


def _keep(found: list[tuple[Event, Told]], cursor: Cursor, at: datetime) -> None:
    """Write down what was read, what it comes to, and how far that was."""
    with transaction.atomic():
        cursor.save()
        Taken.objects.bulk_create([Taken(event=event.id, at=event.time) for event, _ in found])
        acts = Acts(behind({event.subject for event, _ in found}), rules().window)
        for event, told in found:
            acts.take(event, told)
        acts.keep()
        opened = weigh(acts.touched, at, acts.known)
    for incident in opened:
        metrics.INCIDENTS_OPENED.inc(incident.technique.partition(".")[0])
