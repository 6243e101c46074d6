"""Innocent ways around come into the overlay, and go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import TestCase

from acts_seen import UV, ended, incident_of
from proxy.bundle.overlay import Overlay, to_data
from proxy.bundle.publish_overlay import publish_overlay, stored_overlay
from proxy.console.incidents import desk
from proxy.console.incidents.states import State
from proxy.console.review import openings
from proxy.console.review.entries import with_ours
from proxy.console.review.models import Permitted
from proxy.console.review.permits import is_ours, permit_of, permits
from proxy.console.site.config import config, use
from proxy.console.timers.overlay import OverlayKept
from proxy.decision.audience import Audience
from proxy.decision.permits import GivenPermit
from review_office import MONDAY, Office
from written_school import WrittenSchool, write_school

WEEK = timedelta(days=7)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[WrittenSchool]:
    """A published base; the console's state is its."""
    before = config()
    made = write_school(tmp_path)
    made.know_of("vpn.example")
    made.publish()
    use(replace(before, state=made.state))
    yield made
    use(before)


def innocent(office: Office) -> Permitted:
    """What a student did was innocent, and is permitted for a week."""
    wanted = desk.PermitWanted(
        UV, "games.example", "who", MONDAY + WEEK, "Maya builds it in computer science"
    )
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT, permits=[wanted])
    return Permitted.objects.get()


def test_a_permit_is_of_the_overlay_while_it_holds(office: Office, school: WrittenSchool) -> None:
    row = innocent(office)
    (permit,) = permits(MONDAY)
    assert permit == GivenPermit(
        f"console-permit-{row.pk}", UV, row.decided_by, "a decision of the school",
        hosts=frozenset({"games.example"}), ends=MONDAY + WEEK,
        audience=Audience(subjects=frozenset({"id-student"})),
    )  # fmt: skip
    assert is_ours(permit.id)
    assert permits(MONDAY + WEEK) == ()


def test_nothing_of_a_permit_leads_to_its_incident(office: Office, school: WrittenSchool) -> None:
    for number in range(3):  # so that no other number is the incident's by chance
        incident_of(office.person(f"other{number}"))
    row = innocent(office)
    assert row.incident != row.pk
    (told,) = to_data(Overlay(permits=permits(MONDAY)))["permits"]
    assert told["audience"]["subjects"] == ["id-student"]
    for word in ("incident", str(row.incident), "Maya"):
        assert word not in json.dumps({**told, "ends": ""})


def test_the_decision_itself_publishes(office: Office, school: WrittenSchool) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        row = innocent(office)
    assert stored_overlay(school.layout).permits == (permit_of(row),)
    with TestCase.captureOnCommitCallbacks(execute=True):
        desk.revoke_permit(row.pk, office.safeguarding, at=MONDAY, words="the class is over")
    assert stored_overlay(school.layout).permits == ()


def test_the_timers_put_back_what_was_written_over_and_end_what_has_ended(
    office: Office, school: WrittenSchool
) -> None:
    kept = OverlayKept()
    kept.keep(MONDAY)
    innocent(office)
    kept.keep(MONDAY)
    assert len(stored_overlay(school.layout).permits) == 1
    publish_overlay(Overlay(), school.state)
    kept.keep(MONDAY)
    assert len(stored_overlay(school.layout).permits) == 1
    kept.keep(MONDAY + WEEK)
    assert stored_overlay(school.layout).permits == ()


def test_permits_of_others_stay(office: Office, school: WrittenSchool) -> None:
    own = replace(permit_of(innocent(office)), id="network-office-1")
    gone = replace(own, id="console-permit-999")
    ours = Overlay(permits=permits(MONDAY))
    assert with_ours(Overlay(permits=(own, gone)), ours).permits == (own, *ours.permits)


def test_one_that_no_gateway_would_load_keeps_no_other_one_out(
    office: Office, school: WrittenSchool, caplog: pytest.LogCaptureFixture
) -> None:
    row = innocent(office)
    fault = ended(incident_of(office.student2, technique="fault"), office.safeguarding, State.INNOCENT)
    Permitted.objects.bulk_create(
        [Permitted(**{**_columns(row), "technique": "fault", "incident": fault.pk})]
    )
    assert [permit.technique for permit in permits(MONDAY)] == [UV]
    assert "is left out of the overlay" in caplog.text
    assert openings.sign(MONDAY)[3] == 2


def _columns(row: Permitted) -> dict[str, object]:
    return {
        field.attname: getattr(row, field.attname)
        for field in Permitted._meta.local_concrete_fields
        if field.attname != "id"
    }
