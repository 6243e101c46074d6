"""Was a second factor proved in this session, and how are its secrets kept?"""

import base64
import hashlib
from collections.abc import Collection
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proxy.console.people.access import needs_second_factor
from proxy.console.people.models import Person
from proxy.console.people.today import today

PROVED = "second_factor_proved"


def authenticators_of(person: Person) -> frozenset[int]:
    """The keys of what a person has as a second factor, recovery codes too."""
    return frozenset(Authenticator.objects.filter(user_id=person.pk).values_list("pk", flat=True))


def was_proved(request: HttpRequest, person: Person, authenticators: Collection[int]) -> bool:
    """Say whether this session proved one of the second factors that the person has."""
    of, authenticator = request.session.get(PROVED, (None, None))
    return of == person.pk and authenticator in authenticators


def note_proof(request: HttpRequest, user: Person, authenticator: Authenticator, **ignored: Any) -> None:
    """Remember in the session that a person proved, or has just set up, a second factor.

    Receives allauth's signals `authenticator_added` and `authenticator_used`. The session's key does not
    change the meaning: what is noted counts for this person alone.
    """
    request.session[PROVED] = (user.pk, authenticator.pk)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps secrets sealed in the database, and second factors with those who need one."""

    error_messages = {  # noqa: RUF012 - allauth's own way
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code does not fit. Look at the newest one; each works once."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret with a key that follows from the console's own."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret. Raises PermissionDenied, in words for the person, when its key is gone."""
        try:
            return _seal().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            words = _("Your second factor cannot be read any more. An administrator can reset it.")
            raise PermissionDenied(words) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever needs a second factor keeps it; an administrator can reset it."""
        person = Person.objects.get(pk=authenticator.user_id)
        return not needs_second_factor(person, today())


def _seal() -> Fernet:
    key = hashlib.sha256(b"second factors " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
