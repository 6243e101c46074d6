"""How does somebody set a password with the link that they were handed?"""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.backend import KnownPeople
from proxy.console.people.clients import client_address
from proxy.console.people.gates import entrance
from proxy.console.people.links import tokens
from proxy.console.people.models import Person
from proxy.console.people.sessions import end_sessions
from proxy.console.site import clock


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = gettext_lazy("New password")
        self.fields["new_password2"].label = gettext_lazy("New password, again")
        self.fields["new_password2"].help_text = ""


class FirstPasswordView(PasswordResetConfirmView):
    """Takes the token out of the address at once, so that no page or log-in after it shows it."""

    form_class = NewPasswordForm
    template_name = "people/first_password.html"
    token_generator = tokens
    reset_url_token = "set"  # noqa: S105 - what stands in the address in the token's place
    post_reset_login = False
    success_url = reverse_lazy("account_login")

    def get_user(self, uidb64: str) -> Person | None:
        """Whose link it is; nobody when the account cannot be used."""
        user = super().get_user(uidb64)
        return user if KnownPeople().user_can_authenticate(user) else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password, end whatever was open under the old one, and record it."""
        with transaction.atomic():
            response = super().form_valid(form)
            person = cast(Person, self.user)
            end_sessions(person)
            append(
                "account.password_set",
                actor=actors.person(person),
                about=actors.person(person),
                detail={"by": "link", "address": client_address(self.request)},
                at=clock.now(),
            )
        messages.success(self.request, _("The password is set. Log in with it now."))
        return response


first_password = entrance(FirstPasswordView.as_view())
