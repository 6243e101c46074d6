"""Which log-ins and changes of accounts enter the record? What Django and allauth announce."""

from collections.abc import Mapping
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.db import transaction
from django.http import HttpRequest

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.clients import client_address
from proxy.console.people.models import Person
from proxy.console.people.second_factor import note_proof
from proxy.console.site import clock


def connect() -> None:
    """Listen, from now on."""
    for signal, receiver in _RECEIVERS:
        signal.connect(receiver, dispatch_uid=f"people {receiver.__name__}")


def logged_in(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Somebody is logged in, with everything that was asked of them."""
    by = "oidc" if kwargs.get("sociallogin") is not None else "password"
    _record("login.done", request, actors.person(user), user, {"by": by})


def login_failed(
    sender: Any, credentials: Mapping[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """A log-in name and a password did not let anybody in. What was typed is kept only as whom it named."""
    named = Person.objects.filter(login=str(credentials.get("username", "")).strip().lower()).first()
    _record("login.failed", request, actors.STRANGER, named, {})


def logged_out(sender: Any, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    """Somebody logged out."""
    if user is not None:
        _record("login.ended", request, actors.person(user), user, {})


def password_changed(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Somebody changed their own password."""
    _record("account.password_changed", request, actors.person(user), user, {})


def factor_added(
    sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Somebody set up a second factor, or got recovery codes."""
    if authenticator.type == Authenticator.Type.TOTP:
        note_proof(request, user, authenticator)
    _record("account.second_factor_added", request, actors.person(user), user, {"type": authenticator.type})


def factor_renewed(
    sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Somebody made new recovery codes; the old ones are void."""
    _record("account.recovery_codes", request, actors.person(user), user, {})


def factor_removed(
    sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Somebody who need not have one took their second factor away."""
    _record("account.second_factor_removed", request, actors.person(user), user, {"type": authenticator.type})


def factor_used(
    sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Somebody proved their second factor, at log-in or again."""
    note_proof(request, user, authenticator)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record("account.recovery_code_used", request, actors.person(user), user, {})


def factor_failed(
    sender: Any, request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """A code did not fit, from somebody who knew the password."""
    _record("login.code_failed", request, actors.STRANGER, user, {})


_RECEIVERS = (
    (account_signals.user_logged_in, logged_in),
    (auth_signals.user_login_failed, login_failed),
    (auth_signals.user_logged_out, logged_out),
    (account_signals.password_changed, password_changed),
    (mfa_signals.authenticator_added, factor_added),
    (mfa_signals.authenticator_reset, factor_renewed),
    (mfa_signals.authenticator_removed, factor_removed),
    (mfa_signals.authenticator_used, factor_used),
    (mfa_signals.authentication_failed, factor_failed),
)


def _record(
    action: str, request: HttpRequest | None, actor: str, about: Person | None, detail: Mapping[str, str]
) -> None:
    """One record. Where it cannot be written the request fails: nobody logs in past the record."""
    address = client_address(request) if request is not None else ""
    with transaction.atomic():
        append(
            action,
            actor=actor,
            about=actors.person(about) if about is not None else "",
            detail={**detail, "address": address},
            at=clock.now(),
        )
