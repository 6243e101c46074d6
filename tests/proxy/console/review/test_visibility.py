"""Who sees a case, whose queue it is in, and who may do what."""

from datetime import timedelta

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import desk
from proxy.console.review.states import Step
from proxy.console.review.visibility import may_read_as_staff, may_see, own, parts_of, queue_for, why_not
from proxy.console.review.workflow import Actor
from review_office import MONDAY

ON = MONDAY.date()
OTHER = "maple-elementary"


def elsewhere(office, duty):
    person = Person.objects.create(login=f"far-{duty.value}", role="teacher")
    office.charge(person, duty, OTHER)
    return person


class TestSeeing:
    @pytest.mark.parametrize(
        ("name", "ordinary", "private"),
        [
            ("student", True, True),
            ("student2", False, False),
            ("teacher", False, False),
            ("reviewer", True, False),
            ("technical_reviewer", True, False),
            ("technician", True, False),
            ("appeal_officer", True, False),
            ("auditor", True, False),
            ("counselor", False, True),
            ("administrator", False, False),
        ],
    )
    def test_by_duty_and_lane(self, office, name, ordinary, private):
        open_, alone = office.asks(), office.asks_alone(host="health.example")
        person = office.person(name)

        assert [may_see(person, case, ON) for case in (open_, alone)] == [ordinary, private]

    @pytest.mark.parametrize("duty", sorted(set(DutyKind), key=lambda duty: duty.value))
    def test_not_at_another_school(self, office, duty):
        person = elsewhere(office, duty)

        assert not may_see(person, office.asks(), ON)
        assert not may_see(person, office.asks_alone(host="health.example"), ON)

    def test_a_duty_for_every_school_sees_all(self, office):
        person = Person.objects.create(login="district", role="teacher")
        office.charge(person, DutyKind.AUDITOR, "")

        assert may_see(person, office.asks(), ON)

    def test_a_duty_that_ended_sees_nothing(self, office):
        case = office.asks()
        person = office.person("teacher")
        office.charge(person, DutyKind.REVIEWER, ends=ON)

        assert may_see(person, case, ON)
        assert not may_see(person, case, ON + timedelta(days=1))

    def test_a_leaver_sees_nothing_not_even_what_they_asked_for(self, office):
        case = office.asks()
        office.student.ends_on = ON
        office.student.save()

        assert may_see(office.student, case, ON)
        assert not may_see(office.student, case, ON + timedelta(days=1))

    def test_the_teacher_named_sees_the_ordinary_lane(self, office):
        case = office.asks(teacher=office.teacher)
        alone = office.asks_alone(host="health.example", teacher=office.teacher)

        assert may_see(office.teacher, case, ON)
        assert not may_see(office.teacher, alone, ON)
        assert not may_read_as_staff(office.teacher, case, ON)

    def test_the_teacher_named_sees_nothing_of_what_was_withdrawn(self, office):
        case = office.asks(teacher=office.teacher)
        office.asks(by="student2", teacher=office.teacher2)
        desk.withdraw(case.pk, office.student, at=MONDAY)

        names = ("teacher", "teacher2", "student", "student2", "reviewer", "auditor")
        assert [name for name in names if not may_see(office.person(name), case, ON)] == ["teacher"]
        desk.withdraw(case.pk, office.student2, at=MONDAY)
        assert not may_see(office.teacher2, case, ON)


class TestOwn:
    def test_what_somebody_asked_for_newest_first(self, office):
        first, second = office.asks("a.example"), office.asks("b.example", at=MONDAY + timedelta(hours=1))
        office.asks("c.example", by="student2")

        assert list(own(office.student)) == [second, first]

    def test_also_what_they_asked_by_a_ticket_alone(self, office):
        case = office.asks(asker=None, subject="id-student", ticket="event-1")

        assert list(own(office.student)) == [case]
        assert list(own(Person.objects.create(login="nobody", role="teacher"))) == []


class TestQueue:
    def test_due_soonest_first_and_waiting_for_an_answer_last(self, office):
        late, soon = office.asks("a.example", at=MONDAY + timedelta(hours=3)), office.asks("b.example")
        asked = office.asks("c.example")
        desk.claim(asked.pk, office.reviewer, at=MONDAY)
        desk.ask(asked.pk, office.reviewer, at=MONDAY, question="?")

        assert list(queue_for(office.reviewer, ON)) == [soon, late, asked]

    def test_each_duty_has_its_own(self, office):
        ordinary, alone = office.asks(), office.asks_alone(host="health.example")
        appealed = office.appealed(host="maths.example")
        office.denied(host="done.example")

        names = ("reviewer", "counselor", "appeal_officer", "technician", "auditor", "student")
        assert {name: list(queue_for(office.person(name), ON)) for name in names} == {
            "reviewer": [ordinary], "counselor": [alone], "appeal_officer": [appealed], "technician": [],
            "auditor": [], "student": [],
        }  # fmt: skip

    def test_another_schools_is_not_in_it(self, office):
        office.asks()

        assert list(queue_for(elsewhere(office, DutyKind.REVIEWER), ON)) == []


class TestParts:
    def test_of_everybody_as_it_goes(self, office):
        case = office.asks(teacher=office.teacher)
        assert parts_of(office.student, case, ON) == {Actor.ASKER}
        assert parts_of(office.reviewer, case, ON) == {Actor.REVIEWER, Actor.OFFICIAL}
        assert parts_of(office.reviewer2, case, ON) == {Actor.REVIEWER}
        assert parts_of(office.auditor, case, ON) == frozenset()

        case = desk.claim(case.pk, office.reviewer2, at=MONDAY)
        assert parts_of(office.reviewer2, case, ON) == {Actor.REVIEWER, Actor.HOLDER}
        assert parts_of(office.reviewer, case, ON) == {Actor.REVIEWER}

    def test_a_reviewer_who_asks_has_only_the_part_of_an_asker(self, office):
        case = office.asks(by="reviewer2")

        assert parts_of(office.reviewer2, case, ON) == {Actor.ASKER}


@pytest.mark.parametrize(
    ("name", "step", "words"),
    [
        pytest.param("reviewer", Step.CLAIM_APPEAL, "You decided on this request first", id="first decider"),
        pytest.param("student", Step.CLAIM_APPEAL, "You asked for this yourself", id="asker"),
        pytest.param("reviewer2", Step.CLAIM_APPEAL, "another duty", id="no appeal officer"),
        pytest.param("appeal_officer", Step.OVERTURN, "There is no denial to overturn", id="not claimed yet"),
        pytest.param("technician", Step.RETURN_APPEAL, "no appeal to return", id="the clock's step"),
        pytest.param("student", Step.APPEAL, "cannot be appealed", id="appealed already"),
        pytest.param("student", Step.WITHDRAW, "cannot be withdrawn", id="what is denied is asked for"),
        pytest.param("student2", Step.WITHDRAW_APPEAL, "Only whoever put", id="somebody else's appeal"),
        pytest.param("appeal_officer", Step.CLAIM_APPEAL, None, id="the one who can"),
        pytest.param("student", Step.WITHDRAW_APPEAL, None, id="the appellant"),
    ],
)
def test_why_somebody_cannot_take_a_step(office, name, step, words):
    case = office.appealed()

    why = why_not(office.person(name), case, step, ON)

    assert (why is None) if words is None else (why is not None and words in why)
