"""Who sees an incident, and who may do what about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from acts_seen import UV, ended, incident_of, pseudonym
from console_people import from_outside
from proxy.console.incidents import desk, visibility
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.states import State, Step
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person
from proxy.console.review.models import Permitted
from proxy.console.site.config import config
from review_office import MONDAY, Office

DAY = MONDAY.date()


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("safeguarding", True),
        ("auditor", True),
        ("student", False),
        ("teacher", False),
        ("counselor", False),
        ("technician", False),
        ("administrator", False),
        ("reviewer", False),
        ("appeal_officer", False),
    ],
)
def test_who_sees_an_incident_of_their_school(office: Office, name: str, sees: bool) -> None:
    incident = incident_of(office.student9)
    assert visibility.may_see(office.person(name), incident, DAY) is sees
    assert visibility.may_review(office.person(name), incident, DAY) is (name == "safeguarding")
    assert visibility.may_name(office.person(name), incident, DAY) is (name == "safeguarding")


def test_one_school_sees_nothing_of_another_and_the_district_all(office: Office) -> None:
    here, nowhere = incident_of(office.student), incident_of(school="")
    elsewhere, district = office.teacher1, office.teacher2
    office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
    office.charge(district, DutyKind.SAFEGUARDING, school="")
    assert list(visibility.readable_by(elsewhere, DAY)) == []
    assert set(visibility.readable_by(district, DAY)) == {here, nowhere}
    assert set(visibility.readable_by(office.safeguarding, DAY)) == {here}
    assert visibility.may_review(district, nowhere, DAY)


def test_nobody_sees_an_incident_about_themselves(office: Office) -> None:
    themselves = office.safeguarding
    incident = incident_of(themselves)
    assert not visibility.may_see(themselves, incident, DAY)
    assert visibility.is_about(incident, themselves)
    assert visibility.why_not(themselves, incident, Step.TAKE_UP, DAY)
    assert visibility.may_see(office.safeguarding2, incident, DAY)
    assert visibility.reviewers(incident, DAY) == [office.safeguarding2]


def test_while_the_key_cannot_be_read_nobody_sees_any(office: Office, state: object) -> None:
    incident = incident_of(office.student)
    assert visibility.may_see(office.safeguarding, incident, DAY)
    (config().state / "keys" / "pseudonym.key").chmod(0o644)
    assert not visibility.may_see(office.safeguarding, incident, DAY)
    assert visibility.reviewers(incident, DAY) == []


def test_a_duty_that_has_ended_shows_nothing(office: Office) -> None:
    incident = incident_of(office.student)
    Duty.objects.filter(person=office.safeguarding).update(ends=DAY - timedelta(days=1))
    assert not visibility.may_see(office.safeguarding, incident, DAY)


def test_why_a_step_cannot_be_taken(office: Office) -> None:
    incident = incident_of(office.student)
    one, other = office.safeguarding, office.safeguarding2
    assert "another duty" in str(visibility.why_not(office.auditor, incident, Step.TAKE_UP, DAY))
    assert "Take this incident up first" in str(visibility.why_not(one, incident, Step.CLEAR, DAY))
    assert visibility.why_not(one, incident, Step.TAKE_UP, DAY) is None
    incident = desk.take_up(incident.pk, one, at=MONDAY)
    assert "already" in str(visibility.why_not(one, incident, Step.TAKE_UP, DAY))
    assert visibility.why_not(other, incident, Step.TAKE_UP, DAY) is None
    assert "Only whoever" in str(visibility.why_not(other, incident, Step.CONFIRM, DAY))
    assert visibility.why_not(one, incident, Step.CONFIRM, DAY) is None


def test_an_auditor_from_outside_reads(office: Office, at: Callable[[str], object]) -> None:
    auditor = from_outside("audits")
    Duty.objects.create(person=auditor, kind="auditor", school="", source="file")
    assert visibility.may_see(auditor, incident_of(office.student), DAY)
    assert pseudonym(office.student)


def test_pardons_and_permits_are_seen_where_they_are_looked_after(office: Office) -> None:
    until = MONDAY + timedelta(days=7)
    ended(
        incident_of(office.student), office.safeguarding, State.INNOCENT,
        pardons=[desk.PardonWanted((UV,), "games.example", "who")],
        permits=[desk.PermitWanted(UV, "games.example", "who", until, "for physics")],
    )  # fmt: skip
    elsewhere = office.teacher1
    office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
    for seen in (visibility.pardons_for, visibility.permits_for):
        assert seen(office.safeguarding2, DAY, MONDAY).count() == 1
        assert seen(office.auditor, DAY, MONDAY).count() == 1
        assert seen(elsewhere, DAY, MONDAY).count() == 0
        assert seen(office.technician, DAY, MONDAY).count() == 0
    assert visibility.permits_for(office.safeguarding, DAY, until).count() == 0
    Permitted.objects.update(revoked_at=MONDAY, revoked_by=office.safeguarding)
    assert visibility.permits_for(office.safeguarding, DAY, MONDAY).count() == 0


def test_what_came_of_ones_own_incident_is_neither_seen_nor_taken_back(office: Office) -> None:
    until = MONDAY + timedelta(days=7)
    incident = ended(
        incident_of(office.safeguarding2), office.safeguarding, State.INNOCENT,
        pardons=[desk.PardonWanted((UV,), "games.example", "who")],
        permits=[desk.PermitWanted(UV, "games.example", "who", until, "talked about her")],
    )  # fmt: skip
    for kept in (True, False):  # and not when the incident has been deleted, either
        if not kept:
            Incident.objects.filter(pk=incident.pk).delete()
        for seen in (visibility.pardons_for, visibility.permits_for):
            assert seen(office.safeguarding, DAY, MONDAY).count() == 1
            assert seen(office.auditor, DAY, MONDAY).count() == 1
            assert seen(office.safeguarding2, DAY, MONDAY).count() == 0
        for revoke, table in ((desk.revoke_pardon, Pardon), (desk.revoke_permit, Permitted)):
            with pytest.raises(desk.Forbidden):
                revoke(table.objects.get().pk, office.safeguarding2, at=MONDAY, words="not me")
            assert table.objects.get().revoked_at is None
    desk.revoke_pardon(Pardon.objects.get().pk, office.safeguarding, at=MONDAY, words="it counts")
    desk.revoke_permit(Permitted.objects.get().pk, office.safeguarding, at=MONDAY, words="it is over")


def test_what_reaches_a_whole_school_is_hidden_from_whom_its_incident_is_about(office: Office) -> None:
    ended(
        incident_of(office.safeguarding2), office.safeguarding, State.INNOCENT,
        pardons=[desk.PardonWanted((UV,), "games.example", "schools:valley-high")],
    )  # fmt: skip
    assert visibility.pardons_for(office.safeguarding, DAY, MONDAY).count() == 1
    assert visibility.pardons_for(office.safeguarding2, DAY, MONDAY).count() == 0


def test_only_what_one_may_end_is_offered_to_be_ended(office: Office) -> None:
    for about in (office.student, office.safeguarding2):
        ended(
            incident_of(about), office.safeguarding, State.INNOCENT,
            pardons=[desk.PardonWanted((UV,), "games.example", "who")],
        )  # fmt: skip
    about_student, about_officer = Pardon.objects.order_by("pk")
    elsewhere = office.teacher1
    office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")

    def theirs(person: Person) -> frozenset[int]:
        offered = visibility.to_take_back(person, [about_student, about_officer], DAY)
        assert offered == {
            one.pk for one in (about_student, about_officer) if visibility.may_take_back(person, one, DAY)
        }
        return offered

    assert theirs(office.safeguarding) == {about_student.pk, about_officer.pk}
    assert theirs(office.safeguarding2) == {about_student.pk}
    assert theirs(elsewhere) == theirs(office.auditor) == frozenset()
