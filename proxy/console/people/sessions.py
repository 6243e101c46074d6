"""Where is a person logged in, and how is a session ended?"""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from proxy.console.people.models import Person


def sessions_of(person: Person) -> list[UserSession]:
    """The sessions of a person that could still be used, newest first; what has ended is forgotten."""
    return sorted(
        UserSession.objects.purge_and_list(person), key=lambda session: session.created_at, reverse=True
    )


def end_sessions(person: Person, *, but: str | None = None, only: int | None = None) -> int:
    """End sessions of a person at once; return how many.

    but     the session key of one that goes on
    only    the id of the one session that is meant; another person's is left alone
    """
    known = UserSession.objects.filter(user=person)
    if but is not None:
        known = known.exclude(session_key=but)
    if only is not None:
        known = known.filter(pk=only)
    keys = list(known.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    known.filter(session_key__in=keys).delete()
    return len(keys)
