"""Whom the database keeps away from a case, even where no code of ours is in their way."""

from datetime import date, timedelta

import pytest

from past_the_desk import decision, refused
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person
from proxy.console.review import desk, separation
from proxy.console.review.barred import CLOSES, DECIDES
from proxy.console.review.models import Appeal, Asking, Case, Opening
from proxy.console.review.states import Kind, Lane, Listing, Stage
from proxy.console.review.visibility import REVOKES
from review_office import MONDAY, NOTHING_SEEN

CORRECTION = Listing.CORRECTION.value


def released(office, **fields):
    """A case that the second reviewer had claimed for a moment, and the first one has denied."""
    case = office.asks(teacher=office.teacher, **fields)
    desk.claim(case.pk, office.reviewer2, at=MONDAY)
    desk.release(case.pk, office.reviewer2, at=MONDAY)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    return desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)


def denied_and_appealed(office, case):
    """The reviewer denies a case, and the student appeals."""
    office.appeal_officer  # noqa: B018
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
    return desk.appeal(case.pk, office.student, at=MONDAY, grounds="it is for class")


class TestDeciders:
    def test_whoever_asked_does_not_decide(self, office):
        case = office.asks()
        office.charge(office.student, DutyKind.REVIEWER)

        refused("whoever asked", decision, case, office.student)
        assert decision(case, office.reviewer)

    def test_nor_signs_second(self, office):
        case = office.asks()

        refused("whoever asked", decision, case, office.reviewer, second=office.student)

    def test_nor_where_only_the_gateway_knew_them(self, office):
        case = office.asks(asker=None, subject="id-reviewer", ticket="event-9")

        refused("whoever asked", decision, case, office.reviewer)
        assert decision(case, office.reviewer2)

    @pytest.mark.parametrize("name", ["student2", "teacher", "auditor", "administrator", "appeal_officer"])
    def test_nobody_without_the_duty_decides(self, office, name):
        refused("has the duty", decision, office.asks(), office.person(name))

    @pytest.mark.parametrize("change", [{"left": True}, {"enabled": False}], ids=str)
    def test_nor_whoever_has_left_or_is_switched_off(self, office, change):
        case = office.asks()
        Person.objects.filter(pk=office.reviewer.pk).update(**change)

        refused("has the duty", decision, case, office.reviewer)

    def test_nor_with_the_duty_at_another_school_or_another_time(self, office):
        case, elsewhere, before, later = office.asks(), office.teacher2, office.teacher3, office.teacher4
        office.charge(elsewhere, DutyKind.REVIEWER, school="maple-elementary")
        office.charge(before, DutyKind.REVIEWER, ends=MONDAY.date() - timedelta(days=2))
        office.charge(later, DutyKind.REVIEWER, begins=MONDAY.date() + timedelta(days=2))

        for person in (elsewhere, before, later):
            refused("has the duty", decision, case, person)
        Duty.objects.filter(person=later).update(begins=MONDAY.date())
        assert decision(case, later)

    def test_a_private_request_is_the_counselors(self, office):
        case = office.asks_alone()

        refused("has the duty", decision, case, office.reviewer)
        assert decision(case, office.counselor)

    def test_an_exception_is_not_the_technicians_to_make(self, office):
        case, broken = office.asks(), office.asks("", kind=Kind.NOT_WORKING)

        refused("has the duty", decision, case, office.technician)
        refused("has the duty", decision, case, office.technician, outcome="approved")
        assert decision(broken, office.technician)

    def test_nor_on_appeal(self, office):
        case = office.appealed()

        refused("has the duty", decision, case, office.technician, stage="appeal", outcome="overturned")
        assert decision(case, office.technician, stage="appeal", outcome="upheld")

    def test_every_stage_has_somebody_who_decides_it(self):
        assert {each.split(">")[1] for each in DECIDES} == {stage.value for stage in Stage}
        assert {each.split(">")[0] for each in DECIDES} == {lane.value for lane in Lane}
        tracks = {f"ordinary>{stage.value}>{duty.value}" for duty, stage in separation.TRACKS.items()}
        assert tracks == {each for each in DECIDES if each.split(">")[1] in ("instructional", "technical")}


class TestAskers:
    def test_whoever_has_decided_does_not_ask_for_the_same(self, office):
        case = office.asks()
        decision(case, office.reviewer, outcome="endorsed", stage="instructional")

        refused("does not ask", Asking.objects.create, case=case, asker=office.reviewer, at=MONDAY)
        refused("does not ask", Asking.objects.create, case=case, subject="id-reviewer", at=MONDAY)
        assert Asking.objects.create(case=case, asker=office.reviewer2, at=MONDAY)

    def test_nor_whoever_has_held_it(self, office):
        case = office.asks()
        desk.claim(case.pk, office.reviewer2, at=MONDAY)
        desk.release(case.pk, office.reviewer2, at=MONDAY)

        refused("does not ask", Asking.objects.create, case=case, asker=office.reviewer2, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="worked on the answer"):
            office.asks(asker=None, by="reviewer2", ticket="event-2")


class TestHolders:
    def test_whoever_asked_does_not_hold_it(self, office):
        case = office.asks(by="reviewer2")
        held = Case.objects.filter(pk=case.pk)

        refused("had no part", held.update, holder=office.reviewer2, state="in_review")
        assert held.update(holder=office.reviewer, state="in_review") == 1

    @pytest.mark.parametrize("name", ["reviewer", "reviewer2", "student"])
    def test_whoever_had_a_part_does_not_hold_the_appeal(self, office, name):
        case = released(office)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        held = Case.objects.filter(pk=case.pk)

        refused("had no part", held.update, holder=office.person(name), state="in_appeal")
        assert held.update(holder=office.appeal_officer, state="in_appeal") == 1

    def test_no_case_begins_in_somebodys_hands(self, office):
        fields = {"kind": "unblock", "opened_at": MONDAY, "holder": office.reviewer}

        refused("nobody holds it yet", Case.objects.create, **fields)


class TestAppealed:
    @pytest.mark.parametrize(
        ("name", "part"),
        [
            pytest.param("reviewer", "the first decider", id="first decider"),
            pytest.param("reviewer2", "claimed once", id="claimer"),
            pytest.param("teacher", "appealed", id="appellant"),
        ],
    )
    @pytest.mark.parametrize("stage", ["appeal", "appeal_endorsement"])
    def test_nobody_with_a_part_answers_one(self, office, name, part, stage):
        case = released(office)
        desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")
        office.charge(office.person(name), DutyKind.APPEAL_OFFICER)

        refused("had no part", decision, case, office.person(name), stage=stage, outcome="upheld")
        assert decision(case, office.appeal_officer, stage=stage, outcome="upheld")

    def test_nobody_who_signed_second(self, office):
        case = office.asks()
        decision(case, office.reviewer2, "instructional", "endorsed", second=office.technician)
        denied_and_appealed(office, case)

        refused("had no part", decision, case, office.technician, stage="appeal", outcome="upheld")

    @pytest.mark.parametrize("stage", ["instructional", "technical"])
    def test_nor_by_a_decision_that_is_not_called_one_on_the_appeal(self, office, stage):
        case = office.appealed()
        office.charge(office.reviewer, DutyKind.TECHNICAL_REVIEWER)

        refused("decided again on appeal alone", decision, case, office.reviewer, stage, "approved")
        decision(case, office.appeal_officer, stage="appeal", outcome="upheld")
        fields = {"stage": "appeal_endorsement", "outcome": "endorsed", "listing": CORRECTION}
        refused("and once", decision, case, office.appeal_officer2, **fields)

    def test_nobody_who_signed_the_appeal_first(self, office):
        case = office.appealed()
        decision(case, office.appeal_officer, "appeal_endorsement", "endorsed", listing=CORRECTION)

        fields = {"stage": "appeal", "outcome": "upheld"}
        refused("had no part|by two people", decision, case, office.appeal_officer, **fields)
        assert decision(case, office.appeal_officer2, stage="appeal", outcome="upheld")

    def test_nobody_answers_one_that_was_not_made(self, office):
        refused(
            "no appeal", decision, office.denied(), office.appeal_officer, stage="appeal", outcome="upheld"
        )


class TestAppellants:
    def appeal(self, case, by, **fields):
        return Appeal.objects.create(**{"case": case, "by": by, "at": MONDAY, "grounds": "please", **fields})

    @pytest.mark.parametrize("name", ["student2", "teacher2", "technician", "administrator"])
    def test_it_is_put_in_by_who_asked_or_the_teacher_named(self, office, name):
        case = office.denied(teacher=office.teacher)

        refused("put in by who asked", self.appeal, case, office.person(name))
        assert self.appeal(case, office.teacher)

    def test_whoever_withdrew_does_not_ask_any_more(self, office):
        case = office.asks()
        office.asks(by="student2")
        desk.withdraw(case.pk, office.student2, at=MONDAY)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

        refused("put in by who asked", self.appeal, case, office.student2)
        assert self.appeal(case, office.student)

    @pytest.mark.parametrize("name", ["student", "student2", "teacher2", "administrator", "counselor"])
    def test_a_guardians_is_recorded_by_staff_of_the_case(self, office, name):
        case = office.denied(teacher=office.teacher)

        refused("staff for a guardian", self.appeal, case, office.person(name), guardian="Ana Ruiz")
        assert self.appeal(case, office.technician, guardian="Ana Ruiz")

    def test_there_is_no_guardian_of_a_teacher(self, office):
        refused(
            "staff for a guardian",
            self.appeal,
            office.denied(by="teacher"),
            office.reviewer2,
            guardian="Ana Ruiz",
        )

    def test_nobody_who_decided_puts_one_in(self, office):
        case = office.denied(teacher=office.reviewer)

        refused("whoever decided", self.appeal, case, office.reviewer)
        refused("whoever decided", self.appeal, case, office.reviewer, guardian="Ana Ruiz")
        for guardian in ("", "Ana Ruiz"):
            with pytest.raises(desk.Forbidden):
                desk.appeal(case.pk, office.reviewer, at=MONDAY, grounds="please", guardian=guardian)
        assert self.appeal(case, office.reviewer2, guardian="Ana Ruiz")

    def test_no_auditor_does_while_they_are_one(self, office):
        case = office.denied(teacher=office.auditor)

        refused("changes nothing", self.appeal, case, office.auditor)
        with pytest.raises(desk.Forbidden):
            desk.appeal(case.pk, office.auditor, at=MONDAY, grounds="please")
        Duty.objects.filter(person=office.auditor).update(ends=date(2026, 11, 1))
        assert self.appeal(case, office.auditor)

    def test_it_is_of_a_denial_and_in_time(self, office):
        waiting, denied = office.asks(), office.denied(host="maths.example")

        refused("no denial", self.appeal, waiting, office.student)
        refused("no denial", self.appeal, denied, office.student, at=denied.appeal_until)
        assert self.appeal(denied, office.student, at=denied.appeal_until - timedelta(seconds=1))


class TestTwoSignatures:
    def test_the_two_reviews_are_two_peoples(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher")
        office.charge(office.reviewer, DutyKind.TECHNICAL_REVIEWER)
        decision(case, office.reviewer, stage="instructional", outcome="endorsed")

        fields = {"stage": "technical", "outcome": "approved", "second": office.reviewer}
        refused("two people|technical signature", decision, case, office.reviewer, **fields)
        refused("two people", decision, case, office.reviewer, stage="technical")
        assert decision(case, office.technical_reviewer, **fields)

    def test_a_resource_is_not_approved_by_one(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher")

        refused("technical signature", decision, case, office.reviewer, outcome="approved")
        approval = {"outcome": "approved", "second": office.reviewer2}
        refused("technical signature", decision, case, office.reviewer, **approval)
        decision(case, office.reviewer2, stage="instructional", outcome="endorsed")
        refused("technical signature", decision, case, office.reviewer, **approval)
        assert decision(case, office.technical_reviewer, stage="technical", **approval)

    def test_a_correction_names_a_second_person_who_has_signed(self, office):
        case = office.asks()
        wrong = {"outcome": "approved", "listing": CORRECTION, "stage": "technical"}

        refused("two signers", decision, case, office.technician, **wrong)
        refused("two signers", decision, case, office.technician, second=office.technician, **wrong)
        refused("two signers", decision, case, office.technician, second=office.reviewer, **wrong)
        decision(case, office.reviewer, stage="instructional", outcome="endorsed", listing=CORRECTION)
        assert decision(case, office.technician, second=office.reviewer, **wrong)

    def test_one_of_them_is_a_technician(self, office):
        case = office.asks()
        decision(case, office.reviewer, stage="instructional", outcome="endorsed", listing=CORRECTION)

        wrong = {"outcome": "approved", "listing": CORRECTION, "second": office.reviewer}
        refused("has the duty", decision, case, office.technical_reviewer, stage="technical", **wrong)
        refused("two signers", decision, case, office.reviewer2, **wrong)
        assert decision(case, office.technician, stage="technical", **wrong)


class TestClosing:
    @pytest.mark.parametrize("name", ["student", "teacher", "auditor", "counselor"])
    def test_what_was_opened_is_closed_again_by_staff(self, office, name):
        office.approved()
        closed = {"revoked_at": MONDAY, "revoked_by": office.person(name)}

        refused("has the duty", Opening.objects.update, **closed)
        refused("has the duty", Opening.objects.update, revoked_at=MONDAY)
        assert Opening.objects.update(**closed | {"revoked_by": office.technician}) == 1

    def test_by_those_whom_the_code_lets(self):
        ordinary = {f"ordinary>{duty.value}" for duty in REVOKES}
        assert set(CLOSES) == ordinary | {"private>counselor"}
