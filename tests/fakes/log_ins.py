"""Log-ins as a browser does them, and what the record says of them."""

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from console_people import SEED
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Person

PASSWORD = "four words that belong together"
LOG_IN = "/account/login/"


def with_password(person: Person) -> Person:
    """Somebody who has the password."""
    person.set_password(PASSWORD)
    person.save()
    return person


def try_log_in(
    browser: Client, login: str, password: str = PASSWORD, address: str = "192.0.2.7", **more: str
) -> HttpResponse:
    """Send the log-in form from an address."""
    return browser.post(LOG_IN, {"login": login, "password": password, **more}, REMOTE_ADDR=address)


def code(secret: str = SEED, steps: int = 0) -> str:
    """What an authenticator app shows now, or some half minutes from now."""
    now = int(datetime.now(UTC).timestamp()) // 30
    return str(format_hotp_value(hotp_value(secret, now + steps)))


def is_in(browser: Client) -> bool:
    """Whether somebody is logged in."""
    return browser.get("/account/").status_code == 200


def told() -> list[Any]:
    """What is recorded, with all that it says."""
    return list(AuditRecord.objects.order_by("number").values_list("action", "actor", "about", "detail"))
