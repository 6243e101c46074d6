"""Which ways around the filter turned out to be innocent, and are open now?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from proxy.console.people.models import Person


class Permitted(models.Model):
    """One permit of the overlay, made from this row alone.

    incident     number of the incident that turned out to be innocent
    technique    a technique, or the first parts of several
    host         name with all below it, or an address
    audience     as in `Asking`
    school       whose staff look after it
    decided_by   who is answerable, by office
    ends         the moment from which it holds no longer: nothing is permitted for good
    """

    incident = models.PositiveBigIntegerField()
    technique = models.CharField(max_length=80)
    host = models.CharField(max_length=255)
    audience: models.JSONField[dict[str, list[str]]] = models.JSONField(default=dict)
    school = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ends = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_words = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["revoked_at", "ends"], name="permits_by_end"),
            models.Index(fields=["incident"], name="permits_by_incident"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(host="") & ~models.Q(reason=""),
                name="a_permit_leads_somewhere_for_a_reason",
            ),
        ]

    @property
    def overlay_id(self) -> str:
        """What it is called in the overlay, and in explanations."""
        return f"console-permit-{self.pk}"
