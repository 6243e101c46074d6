"""What do people fill in to log in and to look after their own account?"""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

_FACTOR = _("Six digits from your authenticator app, or one of your recovery codes.")


def _say(field: forms.Field, label: Any, help_text: Any = "") -> None:
    """Label a field; a label stays where it is read, a placeholder vanishes when one types."""
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)


class Code(forms.TextInput):
    """A field for a code; one that did not fit is not put back into it."""

    def __init__(self) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "one-time-code"})

    def format_value(self, value: Any) -> str | None:
        """Nothing, whatever was typed before."""
        return None


class LogInForm(LoginForm):  # type: ignore[misc]
    """Log-in name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], _("Log-in name"), _("The name that you log in with at school."))
        _say(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """A new password, by somebody who knows the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], _("Present password"))
        _say(self.fields["password1"], _("New password"), " ".join(password_validators_help_texts()))
        _say(self.fields["password2"], _("New password, again"))


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], _("Password"))


class _EachOnce:
    """Takes a code of an authenticator app once.

    allauth remembers a code for one period alone; with the tolerance it is good for three.
    """

    def clean_code(self) -> str:
        """The code. Raises ValidationError for one that does not fit, and for one that was used."""
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP:
            periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
            figures = "".join(filter(str.isalnum, code))
            key = f"second-factor-used:{authenticator.pk}:{figures}"
            if not cache.add(key, "y", timeout=periods * mfa_settings.TOTP_PERIOD):
                self._emit_authentication_failed(authenticator)  # type: ignore[attr-defined]
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_EachOnce, AllauthAuthenticateForm):  # type: ignore[misc]
    """A code of the second factor, at log-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], _FACTOR)


class CodeAgainForm(_EachOnce, AllauthCodeAgainForm):  # type: ignore[misc]
    """A code of the second factor, in a session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], _FACTOR)


class ActivateForm(AllauthActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new second factor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], _("The six digits that the app shows now."))


def _say_code(field: forms.Field, help_text: Any) -> None:
    field.widget = Code()
    field.widget.is_required = field.required
    _say(field, _("Code"), help_text)
