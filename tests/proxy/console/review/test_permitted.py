"""A permit leads somewhere, for a reason, and ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from acts_seen import UV, ended, incident_of
from proxy.console.incidents.states import State
from proxy.console.review.models import Permitted
from review_office import MONDAY, SCHOOL, Office


@pytest.mark.parametrize(
    "wrong", [{"host": ""}, {"reason": ""}, {"ends": None}, {"by": None}], ids=lambda wrong: next(iter(wrong))
)
def test_the_database_takes_no_permit_without_these(office: Office, wrong: dict[str, Any]) -> None:
    incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
    good = {
        "incident": incident.pk, "technique": UV, "host": "games.example", "audience": {"groups": ["high"]},
        "decided_by": "office", "reason": "for physics", "school": SCHOOL, "at": MONDAY,
        "by": office.safeguarding, "ends": MONDAY + timedelta(days=1),
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Permitted.objects.create(**{**good, **wrong})
    Permitted.objects.create(**good)
