"""Which messages to the school's own system wait, and what becomes of those that it does not take?

Each is queued in the transaction that causes it, and sent when that has committed. The system takes it, and
then the database is told: whoever is killed between the two sends it once more at the next start.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from proxy import metrics
from proxy.console.post.backlog import KEPT
from proxy.console.post.deliver import BATCH, WAITING, WAITS
from proxy.console.post.models import Call
from proxy.console.post.webhook import NotTaken, Webhook, hand_over
from proxy.console.site import clock

log = logging.getLogger("schoolgate.console")

ROUND_S = 30.0
"""So long does a round go on; what is left is the next one's. One message may take longer by its own time."""
NO_WEBHOOK = "no webhook was set for 30 days"


@dataclass(frozen=True, slots=True)
class Called:
    """What one round did."""

    sent: int = 0
    delayed: int = 0
    given_up: int = 0


def queue_call(told: Mapping[str, object], *, key: str, at: datetime, school: str = "") -> Call:
    """Queue a message in the transaction under way; a second one for a key is not queued.

    school   whose administrators look after it; "": those of the whole district alone
    """
    body = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    kept = {"body": body, "school": school, "queued_at": at, "not_before": at}
    call, _ = Call.objects.get_or_create(key=key, defaults=kept)
    return call


def call(
    at: datetime,
    webhook: Webhook | None,
    now: Callable[[], datetime] = clock.now,
    lasts_s: float = ROUND_S,
) -> Called:
    """Send the messages that are due, a batch of them; say what came of it. Those that were tried least come
    first, and of them the longest waiting: what is refused slowly holds up nothing new.

    webhook   None: none is set; messages wait
    now       tells the moment at which each is sent; a round goes on for a while
    lasts_s   after that no further message is begun

    Never raises for anything that the school's system does.
    """
    due = Call.objects.filter(WAITING, not_before__lte=at).order_by("tries", "not_before", "id")
    done = Called()
    if webhook is None:
        return done
    until = time.monotonic() + lasts_s
    for number, one in enumerate(due[:BATCH]):
        if number and time.monotonic() >= until:
            break
        try:
            hand_over(webhook, one.body, now)
        except NotTaken as problem:
            if problem.unreached:
                for late in due:
                    done = _put_off(late, problem, at, done)
                return done
            done = _put_off(one, problem, at, done)
            continue
        _note(one, tries=one.tries + 1, sent_at=at, problem="")
        metrics.CALLS.inc("sent")
        done = replace(done, sent=done.sent + 1)
    return done


def waiting() -> QuerySet[Call]:
    """Messages that are still to be sent."""
    return Call.objects.filter(WAITING)


def given_up() -> QuerySet[Call]:
    """Messages of which no try is left, the newest first."""
    return Call.objects.filter(given_up_at__isnull=False).order_by("-given_up_at", "-id")


def try_again(call_id: int, at: datetime) -> bool:
    """Try a message anew that was given up; say whether there was one."""
    lost = given_up().filter(pk=call_id).exclude(body="")  # what was forgotten cannot be sent
    return bool(lost.order_by().update(given_up_at=None, tries=0, not_before=at, problem=""))


def forget(at: datetime) -> int:
    """Empty messages that were sent or given up long ago; return how many. The key stays."""
    old = at - KEPT
    waiting().filter(not_before__lt=old).update(given_up_at=at, problem=NO_WEBHOOK)
    long_done = Call.objects.exclude(body="")
    done = long_done.filter(sent_at__lt=old) | long_done.filter(given_up_at__lt=old)
    return done.update(body="", problem="")


def _put_off(one: Call, problem: NotTaken, at: datetime, done: Called) -> Called:
    if one.tries >= len(WAITS):
        _note(one, tries=one.tries + 1, given_up_at=at, problem=str(problem))
        metrics.CALLS.inc("given_up")
        log.warning(
            "message %d to the webhook is given up after %d tries: %s", one.pk, one.tries + 1, problem
        )
        return replace(done, given_up=done.given_up + 1)
    _note(one, tries=one.tries + 1, not_before=at + WAITS[one.tries], problem=str(problem))
    metrics.CALLS.inc("delayed")
    return replace(done, delayed=done.delayed + 1)


def _note(one: Call, **what: object) -> None:
    Call.objects.filter(WAITING, pk=one.pk).update(**what)
