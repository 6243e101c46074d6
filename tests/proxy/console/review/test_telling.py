"""Telling an adult: who is told, who can read it, who looks after it."""

from datetime import timedelta

import pytest

from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import telling
from proxy.console.review.models import Telling
from proxy.console.review.workflow import Forbidden
from review_office import MONDAY

TODAY = MONDAY.date()


def told(office, by="student", school="valley-high", **fields):
    person = office.person(by)
    return telling.tell(
        by=person, subject=person.sourced_id or "", school=school, text="He writes to me", at=MONDAY, **fields
    )


def test_the_first_counselor_of_the_school_is_told(office):
    district = office.counselor_of_the_district
    office.charge(office.teacher, DutyKind.COUNSELOR, school="")
    assert telling.adults("valley-high", TODAY) == [district, office.teacher]
    assert told(office).to == district


def test_administrators_are_told_where_there_is_no_counselor(office):
    administrator = office.administrator
    assert told(office).to == administrator


def test_it_is_kept_where_nobody_is_named(office):
    assert told(office).to is None
    counselor = office.counselor
    assert list(telling.waiting_for(counselor, TODAY)) == [Telling.objects.get()]


def test_it_goes_up_in_two_school_hours(office):
    office.counselor  # noqa: B018
    assert told(office).escalates_at == MONDAY + timedelta(hours=2)


def test_neither_letter_nor_record_hold_what_was_said_or_who_said_it(office):
    office.counselor  # noqa: B018
    one = told(office, url="https://chat.example/room")
    letter, record = Letter.objects.get(), AuditRecord.objects.get(action="telling.tell")
    for text in (letter.subject, letter.text, letter.html, record.detail):
        for secret in ("He writes", "Student", "chat.example", "id-student"):
            assert secret not in text
    assert (record.about, record.actor) == (f"telling:{one.pk}", "asker")


def test_a_device_tells_without_a_person(office):
    office.counselor  # noqa: B018
    one = telling.tell(by=None, subject="library-pc", school="valley-high", text="Help", at=MONDAY)
    assert (one.by, one.subject) == (None, "library-pc")
    assert "library-pc" not in AuditRecord.objects.get(action="telling.tell").detail


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("counselor", True),
        ("counselor2", True),
        ("administrator", False),
        ("reviewer", False),
        ("auditor", False),
        ("teacher", False),
        ("student", False),
        ("student2", False),
    ],
)
def test_who_can_read_it(office, who, reads):
    office.counselor  # noqa: B018
    told(office)
    assert telling.seen_by(office.person(who), TODAY).exists() is reads


def test_the_counselor_of_another_school_reads_nothing(office):
    office.counselor  # noqa: B018
    office.charge(office.teacher, DutyKind.COUNSELOR, school="maple-elementary")
    told(office)
    assert not telling.seen_by(office.teacher, TODAY).exists()


def test_somebody_takes_it_up_and_it_no_longer_waits(office):
    counselor, one = office.counselor, told(office)
    taken = telling.take_up(one.pk, counselor, MONDAY, note="talked in the library")
    assert (taken.taken_by, taken.taken_at, taken.note) == (counselor, MONDAY, "talked in the library")
    assert taken.escalates_at is None
    assert not telling.waiting_for(counselor, TODAY).exists()
    assert AuditRecord.objects.filter(action="telling.take_up").count() == 1


def test_taking_it_up_again_changes_nothing(office):
    counselor, one = office.counselor, told(office)
    telling.take_up(one.pk, counselor, MONDAY, note="talked")
    again = telling.take_up(one.pk, counselor, MONDAY + timedelta(hours=1), note="other")
    assert (again.taken_at, again.note) == (MONDAY, "talked")
    assert AuditRecord.objects.filter(action="telling.take_up").count() == 1


def test_the_second_one_is_told_who_looks_after_it(office):
    one, counselor2 = told(office), office.counselor2
    telling.take_up(one.pk, office.counselor, MONDAY)
    with pytest.raises(Forbidden, match="Counselor looks after this"):
        telling.take_up(one.pk, counselor2, MONDAY)


@pytest.mark.parametrize("who", ["reviewer", "student", "teacher"])
def test_nobody_else_takes_it_up(office, who):
    office.counselor  # noqa: B018
    one = told(office)
    with pytest.raises(Forbidden):
        telling.take_up(one.pk, office.person(who), MONDAY)
    with pytest.raises(Forbidden):
        telling.take_up(4711, office.person(who), MONDAY)


def test_the_next_adult_hears_of_it_once(office):
    office.counselor  # noqa: B018
    one = told(office)
    one.to, one.level = office.counselor2, 1
    one.save()
    telling.let_know(one, MONDAY)
    telling.let_know(one, MONDAY)
    assert sorted(letter.to for letter in Letter.objects.all()) == [
        "counselor2@school.example",
        "counselor@school.example",
    ]
