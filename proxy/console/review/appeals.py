"""Which appeals are put in against a denial, and what became of each beside its answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from proxy.console.people.models import Person

if TYPE_CHECKING:
    from proxy.console.review.models import Case


class Appeal(models.Model):
    """An appeal against a denial, by the requester, the teacher named, or a guardian (S84).

    One at a time is heard, and one is answered. Who withdraws one has had theirs; the others who asked for
    the same have not.

    by             who put it in; for a guardian the staff member who recorded it
    guardian       the guardian's name as it was told where one appeals, else ""; whose guardian says `asking`
    asking         what the student asked for whom a guardian appeals: one such appeal for each of them
    returned_at    when the correction that an appeal officer had signed first was given back unsigned; it is
                   answered without one from then on
    returned_by    the technician who did not sign; None: the clock, for there was none any more who could
    withdrawn_at   it is heard no longer; `withdrawn_by` is who put it in
    """

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="appeals")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    guardian = models.CharField(max_length=200, blank=True)
    asking = models.ForeignKey(
        "Asking", on_delete=models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    at = models.DateTimeField()
    grounds = models.TextField()
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(withdrawn_at__isnull=True), name="one_appeal_at_a_time"
            ),
        ]


def appeal_of(case: Case) -> Appeal:
    """The appeal on a case that is heard, or was answered. Raises Appeal.DoesNotExist."""
    return Appeal.objects.get(case=case, withdrawn_at__isnull=True)


def standing_appeal(case: Case) -> Appeal | None:
    """The same, for whoever only reads: None where there is none, or none any more."""
    return Appeal.objects.filter(case=case, withdrawn_at__isnull=True).first()


def has_appealed(person: Person, case: Case) -> bool:
    """Say whether somebody has put in an appeal on a case for themselves, also one that they withdrew."""
    return Appeal.objects.filter(case=case, by=person, guardian="").exists()
