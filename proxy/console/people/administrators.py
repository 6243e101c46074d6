"""How does the first administrator come about? At the command line of the machine."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.accounts import AccountProblem
from proxy.console.people.charging import Wanted, give
from proxy.console.people.duties import DutyKind, Source
from proxy.console.people.links import first_password_link
from proxy.console.people.models import Person
from proxy.settings.schema.who import Role


def make_administrator(login: str, given: str, family: str, email: str, *, actor: str, at: datetime) -> str:
    """Make an account with the duty of an administrator for every school; return the link for its password.

    Raises AccountProblem, in words for whoever typed it.
    """
    login = checked_login(login)
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise AccountProblem(f"'{email[:80]}' is not an e-mail address") from error
    with transaction.atomic():
        person = Person(
            login=login,
            given_name=given[:150],
            family_name=family[:150],
            email=email,
            role=Role.ADMINISTRATOR.value,
            password=make_password(None),
        )
        person.save()
        append("account.make", actor=actor, about=actors.person(person), detail={"role": person.role}, at=at)
        give(person, Wanted(DutyKind.ADMINISTRATOR), Source.CONSOLE, actor=actor, at=at)
    return first_password_link(person)


def checked_login(login: str) -> str:
    """A log-in name as it is kept. Raises AccountProblem when it cannot be one, or is somebody's already."""
    name = login.strip().lower()
    if not name or len(name) > 150 or not name.isprintable() or any(each.isspace() for each in name):
        raise AccountProblem("a log-in name has 1 to 150 letters, figures or signs, and no blanks")
    if Person.objects.filter(login=name).exists():
        raise AccountProblem(f"there is already somebody with the log-in name '{name}'")
    return name
