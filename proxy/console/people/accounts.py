"""What can an administrator do to somebody's account, and to whose?"""

from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.audit.models import AuditRecord
from proxy.console.people.access import DutyAt, duties_of, holds
from proxy.console.people.duties import DutyKind
from proxy.console.people.links import first_password_link
from proxy.console.people.models import Duty, Person
from proxy.console.people.sessions import end_sessions

APART = timedelta(hours=24)
"""Between a reset of a password and one of the second factor by the same administrator."""
PASSWORD_RESET = "account.password_reset"  # noqa: S105 - the name of an act
FACTOR_RESET = "account.second_factor_reset"


class AccountProblem(Exception):
    """It cannot be done; the message is for the administrator."""


def why_not(by: Person, person: Person, on: date) -> str | None:
    """Say why an administrator cannot change an account or its duties; None when they can.

    Nobody administers themselves (S87). An administrator of one school administers its people, as long as
    these have no duty elsewhere: whoever can reset a log-in could otherwise take a duty over. One that begins
    later counts, and so does one of an account that is switched off: it can be switched on again.
    """
    if by == person:
        return "nobody changes their own account or duties here; ask another administrator"
    held = Duty.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), person=person)
    return _outside_of(duties_of(by, on), {person.school, *held.values_list("school", flat=True)})


def why_not_at(by: Person, school: str, on: date) -> str | None:
    """Say why an administrator cannot give duties, or make accounts, at a school; "" is the district."""
    return _outside_of(duties_of(by, on), {school})


def reset_password(person: Person, by: Person, *, at: datetime, on: date) -> str:
    """Void the password, end every session, and return a link with which a new one is set, once."""
    with transaction.atomic():
        Person.objects.hold(person)
        _check(by, person, on)
        _check_apart(person, by, FACTOR_RESET, at)
        person.password = make_password(None)
        person.save(update_fields=["password"])
        end_sessions(person)
        _record(PASSWORD_RESET, person, by, at)
    return first_password_link(person)


def reset_second_factor(person: Person, by: Person, *, at: datetime, on: date) -> None:
    """Take the second factor and its recovery codes away; at the next log-in a new one is set up."""
    with transaction.atomic():
        Person.objects.hold(person)
        _check(by, person, on)
        _check_apart(person, by, PASSWORD_RESET, at)
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person)
        _record(FACTOR_RESET, person, by, at)


def switch(person: Person, by: Person, *, enabled: bool, at: datetime, on: date) -> None:
    """Switch an account off, which ends its sessions at once, or on again."""
    with transaction.atomic():
        _check(by, person, on)
        person.enabled = enabled
        person.save(update_fields=["enabled"])
        if not enabled:
            end_sessions(person)
        _record("account.on" if enabled else "account.off", person, by, at)


def end_session_of(person: Person, by: Person, session_id: int | None, *, at: datetime, on: date) -> int:
    """End one session of somebody, or with None all; return how many ended."""
    with transaction.atomic():
        _check(by, person, on)
        ended = end_sessions(person, only=session_id)
        if ended:
            _record("account.sessions_ended", person, by, at, count=ended)
    return ended


def _check(by: Person, person: Person, on: date) -> None:
    problem = why_not(by, person, on)
    if problem is not None:
        raise AccountProblem(problem)


def _check_apart(person: Person, by: Person, other: str, at: datetime) -> None:
    """Raises AccountProblem when one administrator alone would get into somebody else's account.

    The person's row is held: of two resets at once the second one finds the record of the first.
    """
    recent = AuditRecord.objects.filter(
        action=other, about=actors.person(person), actor=actors.person(by), at__gt=at - APART
    )
    if recent.exists():
        raise AccountProblem(
            "password and second factor of one person are reset by two administrators, or a day apart"
        )


def _outside_of(duties: frozenset[DutyAt], schools: set[str]) -> str | None:
    if all(holds(duties, DutyKind.ADMINISTRATOR, school) for school in schools):
        return None
    return "this belongs to another school, or to the whole district; ask an administrator there"


def _record(action: str, person: Person, by: Person, at: datetime, **detail: int) -> None:
    append(action, actor=actors.person(by), about=actors.person(person), detail=detail, at=at)
