"""What is kept of acts against the filter, of incidents, and of what turned out to be innocent?

People stand here by their pseudonyms or the addresses of their devices. Who is behind one is worked out when
somebody may know it and asks (`naming`), and never written down.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from proxy.console.incidents.states import STANDING, State, Step
from proxy.console.people.models import Person

WHO, ID = 64, 64
ANYBODY: dict[str, list[str]] = {}


def _choices(kind: type[Enum]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]


class Incident(models.Model):
    """Somebody's acts, enough for an adult to look at them. Of a person one stands at a time.

    school      id of the policy's school scope; "" for the whole district
    who         whose acts they are: `subject`, or where nobody was identified `client`
    subject     pseudonym; "" where nobody was identified
    client      address of the device, as it was first seen
    technique   of the act that weighs most
    score       when an act last joined it
    times       attempts, all acts together
    first_at    when the first of the acts was seen, `last_at` the last
    holder      who has taken it up, since `taken_at`; stays when it has ended
    words       of whoever ended it: why
    given_back_at   when it last was: it has waited since; None: since it opened
    reminded_at when those who should look at it were last reminded, since it waits or is held
    """

    school = models.CharField(max_length=ID, blank=True)
    policy_group = models.CharField(max_length=ID, blank=True)
    who = models.CharField(max_length=WHO)
    subject = models.CharField(max_length=WHO, blank=True)
    client = models.CharField(max_length=WHO, blank=True)
    technique = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=_choices(State), default=State.OPEN.value)
    score = models.FloatField()
    times = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)
    given_back_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["who"],
                condition=Q(state__in=sorted(state.value for state in STANDING)),
                name="one_incident_of_a_person_stands",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=sorted(state.value for state in STANDING),
                    ended_at__isnull=True,
                    ended_by__isnull=True,
                    words="",
                )
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(words=""),
                name="an_incident_ends_by_somebody_with_words",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["school", "state", "opened_at"]),
            models.Index(fields=["state", "opened_at"]),
            models.Index(fields=["technique", "opened_at"]),
            models.Index(fields=["ended_at"]),
            models.Index(fields=["who"]),
            # The figures read it alone.
            models.Index(fields=["opened_at", "school", "technique", "state"], name="incidents_in_figures"),
        ]

    @property
    def stands(self) -> bool:
        """Whether nobody has ended it yet."""
        return State(self.state) in STANDING


class Finding(models.Model):
    """One act: one way around at one site, seen without a longer pause.

    incident     what it led to; None: nothing yet
    site         what acts are told apart by: the registered name of `host`, or an address
    evidence     decisive fields and what stood in them, of the surest attempt
    confidence   how sure that was; `weight`: what it adds to the score
    event        id of that attempt's event
    times        attempts
    """

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, null=True, blank=True, related_name="findings"
    )
    who = models.CharField(max_length=WHO)
    subject = models.CharField(max_length=WHO, blank=True)
    client = models.CharField(max_length=WHO, blank=True)
    policy_group = models.CharField(max_length=ID, blank=True)
    school = models.CharField(max_length=ID, blank=True)
    stage = models.CharField(max_length=10)
    technique = models.CharField(max_length=80)
    host = models.CharField(max_length=255, blank=True)
    site = models.CharField(max_length=255, blank=True)
    evidence: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    confidence = models.FloatField()
    weight = models.FloatField()
    event = models.CharField(max_length=26)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["who", "technique", "site", "last_at"]),
            models.Index(fields=["technique", "last_at"]),
            models.Index(
                fields=["last_at"], condition=Q(incident__isnull=True), name="acts_without_incident"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1, confidence__gte=0, confidence__lte=1),
                name="an_act_is_sure_and_weighs_from_0_to_1",
            ),
        ]


class Move(models.Model):
    """One step of an incident, in order; what its history shows. The audit log has the same, chained.

    note   what was said beside it
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="moves")
    step = models.CharField(max_length=20, choices=_choices(Step))
    before = models.CharField(max_length=20, choices=_choices(State))
    after = models.CharField(max_length=20, choices=_choices(State))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)


class Pardon(models.Model):
    """What was innocent, and does not count again. It opens nothing: see `review.models.Permitted` for that.

    incident    that was innocent; None once that has been deleted
    techniques  each a technique, or the first parts of several
    site        name with all below it, or an address; "": anywhere
    audience    kind (who, classes, groups, schools) -> ids; whom any of them names
    school      whose staff look after it: the incident's
    ends        None: until it is taken back
    """

    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="pardons"
    )
    techniques: models.JSONField[list[str]] = models.JSONField(default=list)
    site = models.CharField(max_length=255, blank=True)
    audience: models.JSONField[dict[str, list[str]]] = models.JSONField(default=dict)
    school = models.CharField(max_length=ID, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ends = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_words = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["revoked_at", "ends"])]


class Cursor(models.Model):
    """How far the journal has been read: one row.

    read_to       everything that happened before has been read, but for what came to disk late
    looked_back_at   when that was last looked for
    counts_from      what happened before this is never counted: incidents were not asked for then
    counting         whether they were asked for when it was last looked
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    read_to = models.DateTimeField()
    looked_back_at = models.DateTimeField()
    counts_from = models.DateTimeField()
    counting = models.BooleanField(default=True)


class Taken(models.Model):
    """An event that was counted, by its id, so that it is not counted again."""

    event = models.CharField(max_length=26, primary_key=True)
    at = models.DateTimeField(db_index=True)
