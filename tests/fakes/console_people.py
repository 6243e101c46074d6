"""People for tests of the console, and browsers in which they are logged in."""

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from proxy.console.people.access import needs_second_factor
from proxy.console.people.duties import DutyKind, Source
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.people.second_factor import PROVED
from proxy.console.people.today import today
from proxy.settings.schema.who import Role

BACKEND = "proxy.console.people.backend.KnownPeople"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SCHOOL = "valley-high"


def known(login: str, role: Role = Role.TEACHER, school: str = SCHOOL, **more: object) -> Person:
    """Somebody of the school, with `login`@maplevalley.example as e-mail and no password yet."""
    values = {"email": f"{login}@maplevalley.example", "given_name": login.title(), "family_name": "Example"}
    found = Person(login=login, role=role.value, school=school, **{**values, **more})
    if not found.password:
        found.set_unusable_password()
    found.save()
    return found


def student(login: str = "student", **more: object) -> Person:
    """A student."""
    return known(login, Role.STUDENT, **more)


def teacher(login: str = "teacher", **more: object) -> Person:
    """A teacher without any other duty."""
    return known(login, Role.TEACHER, **more)


def on_duty(*kinds: DutyKind, login: str = "", at_school: str = "", **more: object) -> Person:
    """Somebody with duties, for every school unless one is named; the log-in name is the first duty's."""
    found = known(login or kinds[0].value, **more)
    for kind in kinds:
        Duty.objects.create(person=found, kind=kind.value, school=at_school, source=Source.FILE.value)
    return found


def from_outside(
    login: str = "outside", sponsor: Person | None = None, ends_on: date = date(2027, 6, 30)
) -> Person:
    """An outside account (S78), with a sponsor made for it when none is named."""
    found = Person(
        login=login,
        role=OUTSIDE,
        given_name="From",
        family_name="Outside",
        sponsor=sponsor or teacher(f"sponsor-of-{login}"),
        scope="the yearly audit",
        ends_on=ends_on,
    )
    found.set_unusable_password()
    found.save()
    return found


def second_factor_of(person: Person) -> Authenticator:
    """The second factor of somebody, made with `SEED` when there is none."""
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    return found or TOTP.activate(person, SEED).instance


def logged_in(person: Person, client: Client | None = None) -> Client:
    """A browser in which somebody is logged in, with a second factor proved where one is needed."""
    client = client or Client()
    client.force_login(person, backend=BACKEND)
    if needs_second_factor(person, today()):
        session = client.session
        session[PROVED] = (person.pk, second_factor_of(person).pk)
        session.save()
    return client
