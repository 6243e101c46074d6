"""What the database refuses about people, even if the code did not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from console_people import SCHOOL, from_outside, known, on_duty, student, teacher
from forked import at_once
from proxy.console.audit import triggers
from proxy.console.people import guards
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.settings.schema.who import Role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 18, tzinfo=UTC)


def refused(act, words="people: "):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_trigger_is_there():
    assert triggers.missing(connection, guards.rules) == []


def test_an_auditor_with_another_duty_at_the_same_time():
    auditor, reviewer = on_duty(DutyKind.AUDITOR), on_duty(DutyKind.REVIEWER)
    refused(lambda: Duty.objects.create(person=auditor, kind="reviewer"))
    refused(lambda: Duty.objects.create(person=reviewer, kind="auditor", school="valley-high"))
    refused(lambda: Duty.objects.filter(person=reviewer).update(person=auditor))
    refused(
        lambda: Duty.objects.bulk_create([Duty(person=auditor, kind="technician", begins=date(2030, 1, 1))])
    )

    Duty.objects.filter(person=auditor).update(ends=date(2026, 12, 31))
    Duty.objects.create(person=auditor, kind="reviewer", begins=date(2027, 1, 1))
    refused(lambda: Duty.objects.filter(person=auditor, kind="reviewer").update(begins=date(2026, 12, 31)))


class TestGivenDuties:
    """Who gives a duty administers the school on that day."""

    def refused(self, act):
        refused(act, "given by an administrator")

    def given(self, by, at=NOON, **fields):
        """A duty that somebody gives to a teacher, as a row alone."""
        person = Person.objects.filter(login="teacher").first() or teacher()
        usual = {"person": person, "kind": "reviewer", "school": SCHOOL}
        return Duty.objects.create(**{**usual, "assigned_by": by, "assigned_at": at, **fields})

    def test_not_by_anybody_who_does_not_administer_it(self):
        here = on_duty(DutyKind.ADMINISTRATOR, login="here", at_school=SCHOOL)
        other = on_duty(DutyKind.REVIEWER, login="other")
        made = self.given(here)

        self.refused(lambda: self.given(here, kind="counselor", school=""))
        self.refused(lambda: self.given(other, kind="counselor"))
        self.refused(lambda: self.given(here, kind="counselor", at=None))
        self.refused(lambda: Duty.objects.filter(pk=made.pk).update(assigned_by=other))

    @pytest.mark.parametrize(
        "days",
        [
            pytest.param({"ends": NOON.date() - timedelta(days=2)}, id="not any more"),
            pytest.param({"begins": NOON.date() + timedelta(days=2)}, id="not yet"),
        ],
    )
    def test_not_by_an_administrator_whose_duty_is_not_in_force(self, days):
        administrator = on_duty(DutyKind.ADMINISTRATOR)
        made = self.given(administrator)
        Duty.objects.filter(person=administrator).update(**days)

        self.refused(lambda: self.given(administrator, kind="counselor"))
        later = NOON + timedelta(hours=1)
        self.refused(lambda: Duty.objects.filter(pk=made.pk).update(assigned_at=later, rank=2))
        Duty.objects.filter(person=administrator).update(begins=NOON.date(), ends=NOON.date())
        assert self.given(administrator, kind="counselor")

    @pytest.mark.parametrize(
        "change", [{"left": True}, {"enabled": False}, {"ends_on": NOON.date() - timedelta(days=2)}], ids=str
    )
    def test_not_by_one_who_has_left(self, change):
        administrator = on_duty(DutyKind.ADMINISTRATOR)
        Person.objects.filter(pk=administrator.pk).update(**change)

        self.refused(lambda: self.given(administrator))

    def test_what_was_given_stays_and_can_be_ended_when_its_giver_has_gone(self):
        administrator = on_duty(DutyKind.ADMINISTRATOR)
        made = self.given(administrator)
        Person.objects.filter(pk=administrator.pk).update(left=True)

        assert Duty.objects.filter(pk=made.pk).update(ends=NOON.date()) == 1


@pytest.mark.django_db(transaction=True)
def test_an_auditor_with_another_duty_that_is_given_at_the_same_moment():
    for number in range(5):
        person = teacher(f"teacher-{number}")

        def give(kind, person=person):
            return lambda: Duty.objects.create(person=person, kind=kind).pk

        ended = at_once([give("auditor"), give("reviewer"), give("technician")])

        given = set(person.duties.values_list("kind", flat=True))
        assert given in ({"auditor"}, {"reviewer", "technician"})
        assert {one.raised for one in ended} == {None, "IntegrityError"}


def test_whoever_was_known_is_not_deleted_and_neither_is_a_duty():
    person = on_duty(DutyKind.REVIEWER)
    refused(lambda: Person.objects.filter(pk=person.pk)._raw_delete("default"), "stays in the records")
    refused(lambda: person.duties.all()._raw_delete("default"), "keeps its row")
    refused(person.delete, "people: |violates|referenced")

    assert Person.objects.get(pk=person.pk).duties.count() == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL knows no REPLACE")
@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO people_person SELECT * FROM people_person",
        "UPDATE OR REPLACE people_person SET login = 'first'",
        "UPDATE OR REPLACE people_person SET id = (SELECT min(id) FROM people_person)",
        "REPLACE INTO people_duty SELECT * FROM people_duty",
        "UPDATE OR REPLACE people_duty SET kind = 'counselor'",
    ],
)
def test_nobody_and_no_duty_takes_the_place_of_another(statement):
    known("second")
    on_duty(DutyKind.REVIEWER, DutyKind.TECHNICIAN, login="first")

    refused(lambda: run(statement), "people: (nothing takes the place|a duty becomes no other)")


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite knows no TRUNCATE")
def test_the_tables_are_not_emptied():
    refused(lambda: run("TRUNCATE people_duty"))


class TestSponsors:
    @pytest.mark.parametrize(
        "who",
        [
            pytest.param({"role": Role.STUDENT}, id="a student"),
            pytest.param({"role": Role.PARENT}, id="a parent"),
            pytest.param({"left": True}, id="a leaver"),
            pytest.param({"enabled": False}, id="an account that is switched off"),
        ],
    )
    def test_who_cannot_answer_for_an_account_from_outside(self, who):
        nobody = known("nobody", **who)

        refused(lambda: from_outside(sponsor=nobody), "is of the staff, and there")
        outside = from_outside()
        refused(lambda: Person.objects.filter(pk=outside.pk).update(sponsor=nobody), "is of the staff")

    def test_nobody_from_outside_answers_for_another(self):
        refused(lambda: from_outside("second", sponsor=from_outside("first")), "is of the staff")

    def test_a_sponsor_who_leaves_keeps_nothing_else_from_being_changed(self):
        outside = from_outside()
        Person.objects.filter(pk=outside.sponsor_id).update(left=True)

        Person.objects.filter(pk=outside.pk).update(ends_on=date(2026, 12, 1))

        outside.refresh_from_db()
        assert (outside.role, outside.ends_on) == (OUTSIDE, date(2026, 12, 1))


def test_two_people_of_one_login_name():
    student("same")
    with pytest.raises(IntegrityError), transaction.atomic():
        teacher("same")


@pytest.mark.parametrize("change", [{"kind": "appeal_officer"}, {"school": "valley-high"}], ids=str)
def test_a_duty_becomes_no_other_one(change):
    on_duty(DutyKind.REVIEWER, login="first")
    Duty.objects.update(rank=2)

    refused(lambda: Duty.objects.update(**change), "people: a duty becomes no other")
