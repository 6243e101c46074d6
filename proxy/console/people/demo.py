"""Who are the people of the demo, and how do they log in? Everybody can read their secrets here."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.db import transaction

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.duties import DutyKind, Source
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.site.config import config
from proxy.settings.schema.who import Role

PASSWORD = "maple-valley-demo"  # noqa: S105 - printed by the demo, refused everywhere else
PERIOD_S = 30


class NotOfTheDemo(Exception):
    """There is no such person in the demo, or this is not the demo; the message can be shown."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo.

    words     what the banner says of them
    duties    for every school, with their ranks
    rostered  the demo's roster has them
    """

    login: str
    words: str
    given_name: str = ""
    family_name: str = ""
    role: str = Role.ADMINISTRATOR.value
    duties: tuple[tuple[DutyKind, int], ...] = ()
    rostered: bool = False

    @property
    def needs_code(self) -> bool:
        """Whether a code of a second factor is asked of them."""
        return bool(self.duties)


PEOPLE = (
    DemoPerson("mokafor", "student, grade 10", rostered=True),
    DemoPerson("jlindqvist", "student, grade 7", rostered=True),
    DemoPerson("rcastillo", "teacher", rostered=True),
    DemoPerson("reviewer", "reviewer (instructional)", "Nora", "Reed", duties=((DutyKind.REVIEWER, 1),)),
    DemoPerson("reviewer2", "second reviewer", "Samuel", "Ortiz", duties=((DutyKind.REVIEWER, 2),)),
    DemoPerson(
        "techreviewer", "technical reviewer", "Ivy", "Chan", duties=((DutyKind.TECHNICAL_REVIEWER, 1),)
    ),
    DemoPerson("appeals", "appeal officer", "Ruth", "Adeyemi", duties=((DutyKind.APPEAL_OFFICER, 1),)),
    DemoPerson("appeals2", "second appeal officer", "Paul", "Novak", duties=((DutyKind.APPEAL_OFFICER, 2),)),
    DemoPerson("technician", "technician", "Lena", "Fischer", duties=((DutyKind.TECHNICIAN, 1),)),
    DemoPerson("counselor", "counselor", "Maya", "Brooks", duties=((DutyKind.COUNSELOR, 1),)),
    DemoPerson("safeguarding", "safeguarding officer", "Grace", "Hill", duties=((DutyKind.SAFEGUARDING, 1),)),
    DemoPerson("admin", "administrator", "Owen", "Blake", duties=((DutyKind.ADMINISTRATOR, 1),)),
    DemoPerson("auditor", "auditor (from outside)", "Dana", "Weiss", OUTSIDE, ((DutyKind.AUDITOR, 1),)),
)
"""In the order in which the banner names them; a sponsor before whom they sponsor."""


def make(at: datetime) -> None:
    """Make everybody of the demo who is not there yet; those of the roster are imported before.

    Raises NotOfTheDemo when this is not the demo.
    """
    if not config().demo:
        raise NotOfTheDemo("people with printed passwords are made by `schoolgate demo` alone")
    missing = {each.login for each in PEOPLE} - set(
        Person.objects.filter(demo=True).values_list("login", flat=True)
    )
    if not missing:
        return
    password = make_password(PASSWORD)
    with transaction.atomic():
        made = [person for each in PEOPLE if each.login in missing and (person := _make(each, password, at))]
        detail = {"people": [person.pk for person in made]}
        append("demo.people", actor=actors.CONSOLE, detail=detail, at=at)


def demo_code(login: str, at: datetime) -> str:
    """The code that somebody's authenticator app would show at a moment. Raises NotOfTheDemo."""
    known = {each.login: each for each in PEOPLE}
    if login not in known:
        names = ", ".join(each.login for each in PEOPLE if each.needs_code)
        raise NotOfTheDemo(f"there is no '{login}' in the demo; a code is asked of {names}")
    if not known[login].needs_code:
        raise NotOfTheDemo(f"'{login}' logs in with the password alone")
    code: str = format_hotp_value(hotp_value(seed(login), int(at.timestamp()) // PERIOD_S))
    return code


def seed(login: str) -> str:
    """The secret that somebody's authenticator app would hold, in Base32."""
    return base64.b32encode(hashlib.sha256(f"schoolgate demo {login}".encode()).digest()[:20]).decode()


def _make(each: DemoPerson, password: str, at: datetime) -> Person | None:
    """Make or take over one person; None when the roster of this demo has nobody of the name."""
    person = Person.objects.filter(login=each.login).first()
    if person is None and each.rostered:
        return None
    person = person or Person(
        login=each.login,
        given_name=each.given_name,
        family_name=each.family_name,
        role=each.role,
        email=f"{each.login}@maplevalley.example",
    )
    if each.role == OUTSIDE:
        person.sponsor = Person.objects.get(login="admin")
        person.scope = "Yearly audit of requests and appeals"
        person.ends_on = (at + timedelta(days=180)).date()
    person.password = password
    person.demo = True
    person.save()
    for kind, rank in each.duties:
        Duty.objects.get_or_create(
            person=person, kind=kind.value, school="", defaults={"rank": rank, "source": Source.DEMO.value}
        )
    if each.needs_code and not Authenticator.objects.filter(user=person).exists():
        TOTP.activate(person, seed(each.login))
    return person
