"""Who is known here? Only people whom the roster or an administrator names."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from proxy.console.people.duties import DutyKind, Source
from proxy.settings.schema.who import Role

OUTSIDE = "outside"


class People(BaseUserManager["Person"]):
    """How people are looked up by what they type at log-in."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with a log-in name; its case does not matter."""
        return self.get(login=(username or "").strip().lower())

    def hold(self, person: Person) -> None:
        """Lock a person's row: of two who change the same account or duties at once, the second one sees what
        the first one did. Inside a transaction, before anything else is written."""
        self.select_for_update(no_key=True).get(pk=person.pk)


class Person(AbstractBaseUser):
    """A person with an account.

    login        name typed at log-in, lower case
    sourced_id   the roster's `sourcedId`; None for people whom only the console knows
    role         as the roster has it, or `outside` (auditors from elsewhere: a sponsor and an end are needed)
    school       id of the policy's school scope; "" for people of the whole district
    grade        as OneRoster codes it
    ends_on      last day on which the account can be used; None: no end is set
    enabled      an administrator has not switched the account off
    left         the roster, which had this person, has them no more, or not as somebody in use
    sponsor      who answers for an outside account; `scope` says what it is for
    demo         made for the demo, with a password that everybody can read; never used outside of it
    """

    login = models.CharField(max_length=150, unique=True)
    sourced_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    given_name = models.CharField(max_length=150, blank=True)
    family_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=[*((r.value, r.value) for r in Role), (OUTSIDE, OUTSIDE)])
    school = models.CharField(max_length=64, blank=True)
    grade = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=8, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    left = models.BooleanField(default=False)
    sponsor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sponsored"
    )
    scope = models.CharField(max_length=500, blank=True)
    demo = models.BooleanField(default=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = People()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(role=OUTSIDE) | Q(sponsor__isnull=False, ends_on__isnull=False) & ~Q(scope=""),
                name="outside_accounts_have_sponsor_scope_and_end",
            ),
            models.CheckConstraint(condition=~Q(sponsor=F("id")), name="nobody_sponsors_themselves"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["family_name", "given_name", "id"], name="people_by_name"),
            models.Index(fields=["email"], name="people_by_email"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given and family name; the log-in name where neither is known."""
        return f"{self.given_name} {self.family_name}".strip() or self.login

    @property
    def is_student(self) -> bool:
        """Whether the roster has this person as a student."""
        return self.role == Role.STUDENT.value

    def may_use(self, on: date) -> bool:
        """Say whether the account can be used on a day (S29: leavers lose access on their end date)."""
        return self.enabled and not self.left and (self.ends_on is None or on <= self.ends_on)


class Duty(models.Model):
    """What a person is charged with, where and from when to when. One that ended keeps its row.

    The database refuses a duty that somebody gives to themselves, and an auditor with any other duty at
    the same time (S87; the second by triggers in this app's migrations).

    school       id of the policy's school scope; "" for every school
    rank         the order in which officials of one kind and school are asked; 1 is the first
    begins, ends the first and the last day; None: no such limit
    source       who says so: `console`, `file` (duties.csv), `oidc` (a claim at log-in), `demo`
    assigned_by  the administrator, where the source is `console`; `assigned_at` says when that was
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in DutyKind])
    school = models.CharField(max_length=64, blank=True)
    rank = models.PositiveSmallIntegerField(default=1)
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    source = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Source], default=Source.CONSOLE.value
    )
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "kind", "school"], name="one_duty_of_a_kind_at_a_school"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("assigned_by")), name="nobody_gives_themselves_a_duty"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "school", "rank"])]

    def is_on(self, day: date) -> bool:
        """Whether it is in force on a day; of the person's account that says nothing."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


class SchoolClass(models.Model):
    """A class of the roster. `school` is the id of the policy's school scope."""

    sourced_id = models.CharField(max_length=255, unique=True)
    title = models.CharField(max_length=255)
    school = models.CharField(max_length=64, blank=True)
    grade = models.CharField(max_length=8, blank=True)
    people: models.ManyToManyField[Person, Enrolment] = models.ManyToManyField(
        Person, through="Enrolment", related_name="classes"
    )


class Enrolment(models.Model):
    """Who is in which class; `teaches` for its teachers."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="enrolments")
    teaches = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "school_class"], name="enrolled_once")
        ]
