"""What is kept of a request, of what was decided, and of what that opened?"""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person, SchoolClass
from proxy.console.review.appeals import Appeal as Appeal
from proxy.console.review.counted import Counted as Counted
from proxy.console.review.counted import CountedBlock as CountedBlock
from proxy.console.review.permitted import Permitted as Permitted
from proxy.console.review.states import (
    ON_APPEAL,
    Effect,
    Kind,
    Lane,
    Lasts,
    Listing,
    Outcome,
    Reach,
    Resource,
    Stage,
    State,
    Step,
)


def _choices(kind: type[Enum]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]


class Case(models.Model):
    """One question to the school: everybody who asks for the same is answered together.

    school       id of the policy's school scope; "" for the whole district
    host         canonical host; "" for a filter that does not work and names none
    path         canonical path; "/" for a site. `reach` says how `path` is meant
    query        with reach `page`: the query that must be equal; None: any query
    join_key     equal for requests that are answered together; until it is decided or signed once, else None
    duty         the duty whose turn it is to answer; "" when nobody has to
    due_at       when an answer is due in the present state; None when nobody has to answer
    clock_left   while a question waits for whoever asked: the school time that was left; else None
    remind_at    when whoever must answer (or, with a question open, asked it) is reminded; None: not again
    escalates_at when it goes up to the next official; the due time at first, and again after as long
    overdue_at   when it was seen to be overdue; it stays visible as that
    level        how often it went up because it was overdue; 0 is the first official
    holder       who has claimed it now
    official     whose it is now: the named official of this level, or the next one where that one has left
    appeal_until the moment from which a denial can no longer be appealed
    """

    kind = models.CharField(max_length=20, choices=_choices(Kind))
    state = models.CharField(max_length=20, choices=_choices(State), default=State.SUBMITTED.value)
    lane = models.CharField(max_length=20, choices=_choices(Lane), default=Lane.ORDINARY.value)
    school = models.CharField(max_length=64, blank=True)
    host = models.CharField(max_length=255, blank=True)
    path = models.CharField(max_length=2000, default="/")
    query = models.CharField(max_length=2000, null=True, blank=True)
    reach = models.CharField(max_length=10, choices=_choices(Reach), default=Reach.SITE.value)
    category = models.CharField(max_length=64, blank=True)
    join_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    opened_at = models.DateTimeField()
    duty = models.CharField(max_length=20, choices=_choices(DutyKind), blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    clock_left = models.DurationField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    official = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="held")
    appeal_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["school", "state", "due_at"]),
            models.Index(fields=["host", "opened_at"]),
            models.Index(fields=["opened_at"]),
            models.Index(fields=["due_at", "id"], condition=~Q(duty=""), name="cases_that_wait"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="cases_to_remind"),
            models.Index(
                fields=["escalates_at"], condition=Q(escalates_at__isnull=False), name="cases_to_hand_up"
            ),
            models.Index(
                fields=["appeal_until"], condition=Q(state=State.DENIED.value), name="cases_to_close"
            ),
            models.Index(fields=["overdue_at", "due_at"]),
        ]


class Asking(models.Model):
    """One person's or device's part in a case: what was asked, by whom, for what.

    asker        None when a device of the roster asked by its ticket alone
    subject      roster id (`sourcedId`) or device id that the gateway knew; the asker's where one logged in
    ticket       id of the ticket's event; one ticket opens one case (see SeenTicket)
    evidence     the decision as the gateway froze it in the ticket (JSON); not the person's history
    guardians_told_on    when parents and guardians were told of an application (S62)
    teacher      the teacher named in the request, who may appeal
    guardian     the guardian whose name staff recorded for an appeal
    resource     whether it is about an app, a site or a download; "" for other kinds of request
    audience     {"classes": [...], "grades": [...], "schools": [...], "subjects": [...]}
    withdrawn_at this person asks no longer; the case goes on for the others. Who asks again has a new row
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="askings")
    asker = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="askings")
    subject = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
    ticket = models.CharField(max_length=40, unique=True, null=True, blank=True)
    code = models.CharField(max_length=8, blank=True, db_index=True)
    evidence = models.JSONField(default=dict)
    url = models.CharField(max_length=2000, blank=True)
    purpose = models.TextField(blank=True)
    course = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    more_at = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    resource = models.CharField(max_length=10, choices=_choices(Resource), blank=True)
    audience: models.JSONField[dict[str, list[str]]] = models.JSONField(default=dict)
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lasts = models.CharField(max_length=10, choices=_choices(Lasts), default=Lasts.DATES.value)
    begins = models.DateTimeField(null=True, blank=True)
    ends = models.DateTimeField(null=True, blank=True)
    looked_through_on = models.DateField(null=True, blank=True)
    terms = models.CharField(max_length=500, blank=True)
    privacy_policy = models.CharField(max_length=500, blank=True)
    guardians_told_on = models.DateField(null=True, blank=True)
    teacher = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    guardian = models.CharField(max_length=200, blank=True)
    guardian_recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(asker__isnull=False) | ~Q(subject=""), name="somebody_asks"),
            models.UniqueConstraint(
                fields=["case", "asker"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_asking_of_a_person_in_a_case",
            ),
            models.UniqueConstraint(
                fields=["case", "subject"],
                condition=Q(asker__isnull=True, withdrawn_at__isnull=True),
                name="one_asking_of_a_device_in_a_case",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asker", "at"], name="askings_of_a_person"),
            models.Index(fields=["subject", "at"], condition=~Q(subject=""), name="askings_of_a_subject"),
        ]


class SeenTicket(models.Model):
    """A ticket that was used to ask, by its event's id, and the case it belongs to for good."""

    ticket = models.CharField(max_length=40, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tickets")
    at = models.DateTimeField()


class Decision(models.Model):
    """An answer to a case. The database refuses a decider whom the law of the procedure forbids (S84, S87)
    and any change afterwards (triggers in this app's migrations).

    checklist    {"obscene": {"answer": false, "note": "..."}, "child_pornography": {...},
                 "harmful_to_minors": {...}} (S83)
    listing      whether an approval is an exception or says that a list is wrong
    second       the second person who signs a correction of a category that the law asks to block
    appeal       which appeal it answers, or signs first; None for a decision on the request itself
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=20, choices=_choices(Stage))
    outcome = models.CharField(max_length=20, choices=_choices(Outcome))
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    checklist: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    listing = models.CharField(max_length=20, choices=_choices(Listing), default=Listing.EXCEPTION.value)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "stage"], condition=Q(appeal__isnull=True), name="one_decision_of_a_stage"
            ),
            models.UniqueConstraint(fields=["appeal", "stage"], name="one_decision_of_a_stage_of_an_appeal"),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(ON_APPEAL), appeal__isnull=False)
                | ~Q(stage__in=sorted(ON_APPEAL)) & Q(appeal__isnull=True),
                name="a_decision_on_appeal_names_it",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_decision_has_a_reason"),
        ]


class Move(models.Model):
    """One step of a case, in order; what its history shows. The audit log has the same, chained.

    by     None: the clock (a due time, an end)
    note   what was said: a question, an answer, to whom it was handed over
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    step = models.CharField(max_length=20, choices=_choices(Step), blank=True)
    before = models.CharField(max_length=20, choices=_choices(State), blank=True)
    after = models.CharField(max_length=20, choices=_choices(State))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "at"])]


class Opening(models.Model):
    """What an approval opened (or a report closed): one entry of the overlay, made from this row alone.

    action      see Effect; `correction` takes the host out of `category`
    host        "" only for something that is listed without a site
    audience    as in Asking, and `within`: the school that its classes, grades and groups are confined to; of
                a correction the schools that it holds for, none: all
    begins, ends  ends None: standing, looked at again on `review_on`
    asked_on    when an official was last written to about that
    revoked_at  ended before its time
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="openings")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="openings")
    action = models.CharField(max_length=12, choices=_choices(Effect))
    host = models.CharField(max_length=255, blank=True)
    path = models.CharField(max_length=2000, default="/")
    exact = models.BooleanField(default=False)
    query = models.CharField(max_length=2000, null=True, blank=True)
    category = models.CharField(max_length=64, blank=True)
    audience: models.JSONField[dict[str, list[str]]] = models.JSONField(default=dict)
    purpose = models.CharField(max_length=500)
    begins = models.DateTimeField(null=True, blank=True)
    ends = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends"], condition=Q(revoked_at__isnull=True), name="openings_by_end"),
            models.Index(
                fields=["review_on"], condition=Q(revoked_at__isnull=True), name="openings_to_review"
            ),
            models.Index(fields=["host"]),
        ]


class Telling(models.Model):
    """Somebody tells an adult at school about something they met (S15). It is no request and not joined.

    by        None when a device of the roster told by its ticket alone
    to        the adult whose it is now, the next one after `escalates_at` while nobody has taken it up
    taken_at  when an adult said that they look after it
    """

    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="tellings")
    subject = models.CharField(max_length=255, blank=True)
    school = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    text = models.TextField()
    url = models.CharField(max_length=2000, blank=True)
    to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    escalates_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(by__isnull=False) | ~Q(subject=""), name="somebody_tells"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["escalates_at"], condition=Q(taken_at__isnull=True), name="tellings_that_wait"
            ),
            models.Index(fields=["school", "at"]),
        ]
