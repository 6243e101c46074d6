"""How do accounts work here? The rules that allauth asks for."""

import math
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from proxy.console.people.backend import KnownPeople
from proxy.console.people.clients import client_address
from proxy.console.people.models import Person
from proxy.console.site import clock

FRESH_S = 5 * 60
UNSAID = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})
"""What people see anyway."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Known people only: nobody signs up, nobody is told which names exist."""

    error_messages = {  # noqa: RUF012 - allauth's own way
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The log-in name and the password do not fit together."),
        "too_many_login_attempts": _("There were too many failed tries. Try again in 15 minutes."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people come from the roster or from an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address; web proxies in front of the console are already out of the way."""
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether an address to go on to is one of ours; what is no address at all is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Stop whoever cannot use their account today, however they proved who they are."""
        if KnownPeople().user_can_authenticate(user):
            return None
        messages.error(request, _("This account cannot be used. Ask the school's office."))
        return HttpResponseRedirect(reverse("account_login"))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within minutes of the log-in itself: setting up a second factor right after it asks once."""
        records = get_authentication_records(self.request, self.request.user)
        since_s = clock.now().timestamp() - records[-1]["at"] if records else math.inf
        return since_s > FRESH_S and bool(super().is_reauthentication_required(app=app))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the person's own account."""
        return reverse("people:account")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Say what is worth saying."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)


def shown_as(person: Person) -> str:
    """How allauth's messages call a person."""
    return person.name
