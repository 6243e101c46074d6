"""How does somebody get their first password? By a link that an administrator hands over, good once."""

from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from proxy.console.people.models import Person
from proxy.console.site import clock
from proxy.console.site.config import config


class FirstPasswordTokens(PasswordResetTokenGenerator):
    """Makes and checks the tokens. Each hangs on the password and the last log-in, and so works once."""

    key_salt = "proxy.console.people.links"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


tokens = FirstPasswordTokens()


def first_password_link(person: Person) -> str:
    """The address under which a person sets their password, as it is handed over."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    path = reverse("people:first_password", kwargs={"uidb64": uid, "token": tokens.make_token(person)})
    return f"{config().url}{path}"
