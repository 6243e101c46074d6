"""What the database refuses about people, even if the code did not."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from console_people import from_outside, known, on_duty, student, teacher
from forked import at_once
from proxy.console.audit import triggers
from proxy.console.people import guards
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.settings.schema.who import Role

pytestmark = pytest.mark.django_db


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


def test_a_duty_that_nobody_who_administers_the_school_gave():
    person, other = teacher(), teacher("other")
    here = on_duty(DutyKind.ADMINISTRATOR, login="here", at_school="valley-high")
    made = Duty.objects.create(person=person, kind="reviewer", school="valley-high", assigned_by=here)
    words = "given by an administrator"

    refused(lambda: Duty.objects.create(person=person, kind="counselor", assigned_by=here), words)
    refused(lambda: Duty.objects.create(person=person, kind="counselor", assigned_by=other), words)
    refused(lambda: Duty.objects.filter(pk=made.pk).update(assigned_by=other), words)


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
