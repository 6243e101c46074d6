"""Which letters wait or were given up, and what can be done about them?"""

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from proxy.console.post.deliver import WAITING
from proxy.console.post.models import Letter

KEPT = timedelta(days=30)
NO_SERVER = "there was no mail server for 30 days"
SHOWN = ("to", "subject", "queued_at", "not_before", "tries", "given_up_at", "problem")
"""What an administrator sees of a letter; what it says is not for them."""


def waiting() -> QuerySet[Letter]:
    """Letters that are still to be sent."""
    return Letter.objects.filter(WAITING)


def given_up() -> QuerySet[Letter]:
    """Letters of which no try is left, the newest first; somebody must look."""
    return Letter.objects.filter(given_up_at__isnull=False).order_by("-given_up_at", "-id")


def oldest_waiting(at: datetime) -> timedelta:
    """For how long the oldest letter has been waiting."""
    queued = waiting().aggregate(first=Min("queued_at"))["first"]
    return max(at - queued, timedelta()) if queued is not None else timedelta()


def try_again(letter_id: int, at: datetime) -> bool:
    """Try a letter anew that was given up; say whether there was one."""
    return bool(
        Letter.objects.filter(pk=letter_id, given_up_at__isnull=False)
        .exclude(text="")  # what was forgotten cannot be sent
        .update(given_up_at=None, tries=0, not_before=at, problem="")
    )


def forget(at: datetime) -> int:
    """Empty letters that were sent or given up long ago; return how many.

    What they said stands in the request's own record. The key stays, so that none is queued twice. What no
    mail server was there for in all that time is given up: it would tell of what has long passed.
    """
    old = at - KEPT
    waiting().filter(not_before__lt=old).update(given_up_at=at, problem=NO_SERVER)
    done = Letter.objects.exclude(text="").filter(sent_at__lt=old) | Letter.objects.exclude(text="").filter(
        given_up_at__lt=old
    )
    return done.update(to="", subject="", text="", html="", problem="")
