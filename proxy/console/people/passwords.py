"""Which passwords are good enough, and under which name are wrong ones counted?"""

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from proxy.console.people.models import Person

STUDENTS = 8
STAFF = 12


class LongEnough:
    """Asks students for 8 characters and everybody else for 12 (NIST SP 800-63B: length, not symbols)."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError when a password is too short for whom it is."""
        least = STUDENTS if isinstance(user, Person) and user.is_student else STAFF
        if len(password) < least:
            raise ValidationError(
                ngettext(
                    "This password is too short. It must have at least %(least)d character.",
                    "This password is too short. It must have at least %(least)d characters.",
                    least,
                ),
                code="password_too_short",
                params={"least": least},
            )

    def get_help_text(self) -> str:
        """What is asked for, before anybody types."""
        return ngettext(
            "At least %(staff)d character; for students %(students)d.",
            "At least %(staff)d characters; for students %(students)d.",
            STAFF,
        ) % {"staff": STAFF, "students": STUDENTS}


def name_tried(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """The key under which failures with a log-in name are counted.

    A keyed hash: people type passwords into the wrong field, and neither those nor names are kept.
    """
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login", "")
    return name_key(name)


def name_key(login: str) -> str:
    """The key that stands for one log-in name; its case does not matter."""
    key = b"log-in names " + settings.SECRET_KEY.encode()
    return hmac.new(key, login.strip().lower().encode(), hashlib.sha256).hexdigest()[:40]


def nobody_in_particular(
    username: str, ip_address: str, user_agent: str, path_info: str, request: HttpRequest
) -> str:
    """How a client is called in axes' own log lines: not at all."""
    return "a client"
