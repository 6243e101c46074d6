"""Whom the database keeps away from a case, even where no code of ours is in their way."""

from datetime import date, timedelta

import pytest

from past_the_desk import decision, refused
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person
from proxy.console.review import clockwork, desk, separation
from proxy.console.review.barred import CLOSES, CORRECTS, DECIDES
from proxy.console.review.models import Appeal, Asking, Case, Opening
from proxy.console.review.states import Kind, Lane, Listing, Stage
from proxy.console.review.visibility import REVOKES
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

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

        for outcome in ("overturned", "narrowed", "upheld"):
            refused("has the duty", decision, case, office.technician, stage="appeal", outcome=outcome)
        assert decision(case, office.appeal_officer, stage="appeal", outcome="upheld")

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
        refused("signed or returned", decision, case, office.appeal_officer2, **fields)
        fields = {"stage": "appeal", "outcome": "overturned", "second": office.appeal_officer}
        assert decision(case, office.technician, listing=CORRECTION, **fields)

    def test_nobody_answers_one_that_was_not_made(self, office):
        refused(
            "no appeal", decision, office.denied(), office.appeal_officer, stage="appeal", outcome="upheld"
        )


class TestReturned:
    """What a technician does not sign second is answered by an appeal officer, without a correction."""

    @pytest.fixture
    def signed(self, office):
        """An appeal that an officer signed as a correction, in a technician's hands."""
        office.technician  # noqa: B018
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(case.pk, office.appeal_officer, **given)
        return desk.claim_appeal(case.pk, office.technician, at=MONDAY)

    def gives_back(self, by):
        return Appeal.objects.update(returned_at=MONDAY, returned_by=by)

    def test_by_the_technician_who_has_it(self, office, signed):
        office.charge(office.appeal_officer, DutyKind.TECHNICIAN)
        for person in (office.technician2, office.appeal_officer, office.appeal_officer2, None):
            refused("returned by the technician", self.gives_back, person)

        assert self.gives_back(office.technician) == 1

    def test_not_by_anybody_at_no_time(self, office, signed):
        for person in (office.technician, office.student):
            refused("returned by the technician", Appeal.objects.update, returned_by=person)

    @pytest.mark.parametrize(
        "gone", [{"left": True}, {"enabled": False}, {"ends_on": date(2026, 11, 28)}], ids=str
    )
    def test_by_the_clock_where_there_is_no_technician_any_more(self, office, signed, gone):
        Case.objects.filter(pk=signed.pk).update(holder=None, state="appealed")
        refused("by the clock where there is none", self.gives_back, None)
        Person.objects.filter(pk=office.technician.pk).update(**gone)

        assert self.gives_back(None) == 1

    def test_by_the_clock_where_their_duty_has_ended_or_they_had_a_part(self, office, signed):
        Case.objects.filter(pk=signed.pk).update(holder=None, state="appealed")
        office.charge(office.reviewer, DutyKind.TECHNICIAN)
        office.charge(office.student, DutyKind.TECHNICIAN)
        far = office.charge(office.teacher, DutyKind.TECHNICIAN, "maple-elementary")
        refused("by the clock where there is none", self.gives_back, None)
        Duty.objects.filter(person=office.technician).update(ends=date(2026, 11, 29))
        everywhere = office.charge(office.teacher, DutyKind.TECHNICIAN, "")
        refused("by the clock where there is none", self.gives_back, None)
        Duty.objects.filter(pk=everywhere.pk).update(ends=date(2026, 11, 29))

        assert far.is_on(MONDAY.date())
        assert self.gives_back(None) == 1

    def test_by_the_clock_not_out_of_somebodys_hands_nor_what_nobody_has_signed(self, office, signed):
        Person.objects.filter(pk=office.technician.pk).update(left=True)
        refused("by the clock where there is none", self.gives_back, None)

        other = office.appealed(host="maths.example")
        theirs = Appeal.objects.filter(case=other)
        refused("by the clock where there is none", theirs.update, returned_at=MONDAY)

    def test_not_what_nobody_has_signed(self, office):
        case = office.appealed()
        Case.objects.filter(pk=case.pk).update(holder=office.technician, state="in_appeal")

        refused("returned by the technician", self.gives_back, office.technician)

    def test_once(self, office, signed):
        self.gives_back(office.technician)

        later = MONDAY + timedelta(hours=1)
        refused("never changed|returned by", Appeal.objects.update, returned_at=later)
        refused("never changed|returned by", Appeal.objects.update, returned_at=None, returned_by=None)

    def test_whoever_signed_first_holds_and_answers_it_from_then_on(self, office, signed):
        held = Case.objects.filter(pk=signed.pk)
        mine = {"stage": "appeal", "outcome": "upheld"}
        refused("had no part", held.update, holder=office.appeal_officer)
        refused("had no part|two people", decision, signed, office.appeal_officer, **mine)
        self.gives_back(office.technician)

        assert held.update(holder=office.appeal_officer) == 1
        assert decision(signed, office.appeal_officer, **mine)

    def test_whoever_returned_it_neither_holds_nor_answers_it(self, office, signed):
        office.charge(office.technician, DutyKind.APPEAL_OFFICER)
        held, mine = Case.objects.filter(pk=signed.pk), {"stage": "appeal", "outcome": "upheld"}
        self.gives_back(office.technician)
        held.update(holder=None, state="appealed", duty="appeal_officer")

        refused("had no part", decision, signed, office.technician, **mine)
        refused("had no part", held.update, holder=office.technician, state="in_appeal")
        assert held.update(holder=office.appeal_officer, state="in_appeal") == 1

    def test_nobody_signs_the_correction_any_more(self, office, signed):
        office.charge(office.technician, DutyKind.APPEAL_OFFICER)
        self.gives_back(office.technician)

        wrong = {"stage": "appeal", "listing": CORRECTION, "outcome": "overturned"}
        for person in (office.technician, office.technician2):
            words = "did not sign|had no part"
            refused(words, decision, signed, person, second=office.appeal_officer, **wrong)
        again = {"stage": "appeal_endorsement", "listing": CORRECTION, "outcome": "endorsed"}
        refused("did not sign|takes the place", decision, signed, office.appeal_officer2, **again)


class TestWithdrawn:
    """Who takes an appeal back has had theirs; the others of a joined request have not."""

    @pytest.fixture
    def case(self, office):
        office.appeal_officer  # noqa: B018
        case = office.asks()
        office.asks(by="student2", teacher=office.teacher)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        return desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")

    def puts_in(self, case, by, guardian="", **more):
        fields = {"case": case, "by": by, "guardian": guardian, "at": MONDAY, "grounds": "please"}
        return Appeal.objects.create(**fields | more)

    def test_one_is_heard_at_a_time(self, office, case):
        refused("one appeal|takes the place|no denial", self.puts_in, case, office.student2)

    def test_another_one_follows_by_who_had_none(self, office, case):
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)

        refused("one of each", self.puts_in, case, office.teacher)
        assert self.puts_in(case, office.student2)

    def test_a_guardians_is_the_students_and_not_the_names(self, office, case):
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)
        first, second = case.askings.order_by("pk")
        fields = {"at": MONDAY, "grounds": "please", "guardian": "Ana Ruiz"}
        desk.appeal(case.pk, office.reviewer2, asking=first.pk, **fields)
        desk.withdraw_appeal(case.pk, office.reviewer2, at=MONDAY, reason="a mistake")

        for name in ("Ana Ruiz", "ana ruiz", "Ana  Ruiz", "Bo Lind"):
            refused("one of each", self.puts_in, case, office.technician, name, asking=first)
        assert self.puts_in(case, office.reviewer2, "Ana Ruiz", asking=second)

    def test_a_student_who_asked_by_ticket_and_by_log_in_is_one(self, office):
        case = office.asks(asker=None, ticket="event-7")
        office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        by_ticket, by_log_in = case.askings.order_by("pk")
        fields = {"at": MONDAY, "grounds": "please", "guardian": "Ana Ruiz"}
        desk.appeal(case.pk, office.reviewer2, **fields)
        desk.withdraw_appeal(case.pk, office.reviewer2, at=MONDAY, reason="a mistake")

        for asking in (by_ticket, by_log_in):
            refused("one of each", self.puts_in, case, office.reviewer2, "Bo Lind", asking=asking)

    def test_it_stays_withdrawn(self, office, case):
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)

        refused("never changed", Appeal.objects.update, withdrawn_at=None)
        refused("never changed", Appeal.objects.update, withdrawn_by=office.student)

    def test_what_was_answered_is_not_withdrawn(self, office, case):
        decision(case, office.appeal_officer, stage="appeal", outcome="upheld")

        refused("not withdrawn", Appeal.objects.update, withdrawn_at=MONDAY, withdrawn_by=office.teacher)

    def test_by_who_put_it_in(self, office, case):
        for who in (office.student, office.appeal_officer, None):
            refused("who put it in", Appeal.objects.update, withdrawn_at=MONDAY, withdrawn_by=who)
        refused("who put it in", Appeal.objects.update, withdrawn_by=office.teacher)
        assert Appeal.objects.update(withdrawn_at=MONDAY, withdrawn_by=office.teacher) == 1

    def test_the_case_goes_with_it(self, office, case):
        """None waits for the answer to an appeal that nobody hears."""
        until = desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY).appeal_until
        cases = Case.objects.filter(pk=case.pk)
        refused("is taken back", cases.update, state="denied")

        Appeal.objects.update(withdrawn_at=MONDAY, withdrawn_by=office.teacher)

        found = cases.get()
        assert (found.state, found.duty, found.holder, found.due_at) == ("denied", "", None, None)
        assert (found.appeal_until, found.ended_at) == (until, None)
        assert desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine").state == "appealed"

    def test_of_a_case_that_is_not_appealed_there_is_nothing_to_take_back(self, office, case):
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        Case.objects.update(state="closed")

        mine = {"withdrawn_at": MONDAY, "withdrawn_by": office.teacher}
        refused("waits for its answer", Appeal.objects.update, **mine)

    def test_the_case_is_appealed_with_it_and_goes_to_the_appeal_officers(self, office, case):
        """None keeps the others from theirs that nobody hears."""
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)

        self.puts_in(case, office.student2)

        found = Case.objects.get()
        assert (found.state, found.duty, found.official) == ("appealed", "appeal_officer", None)
        clockwork.escalate(MONDAY)
        assert Case.objects.get().official == office.appeal_officer
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        assert desk.uphold(case.pk, office.appeal_officer, at=MONDAY, reason="no").state == "closed"

    @pytest.mark.parametrize("fields", [("withdrawn_at",), ("withdrawn_by",), ("returned_at", "returned_by")])
    def test_none_begins_as_that(self, office, case, fields):
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)
        told = {name: MONDAY if name.endswith("at") else office.student2 for name in fields}

        refused("begins neither", self.puts_in, case, office.student2, **told)

    def test_whoever_asked_asks_on(self, office, case):
        refused("no step leads|nobody asks any more", Case.objects.update, state="withdrawn")
        Asking.objects.update(withdrawn_at=MONDAY)
        refused("no step leads", Case.objects.update, state="withdrawn")

    def test_an_answer_is_to_the_appeal_that_is_heard(self, office, case):
        first = Appeal.objects.get()
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)
        fields = {"stage": "appeal", "outcome": "upheld", "appeal": first}

        refused("no appeal", decision, case, office.appeal_officer, **fields)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        refused("no appeal", decision, case, office.appeal_officer, **fields)
        assert decision(case, office.appeal_officer, stage="appeal", outcome="upheld")


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
        theirs = {"guardian": "Ana Ruiz", "asking": case.askings.get()}

        refused("staff for a guardian", self.appeal, case, office.person(name), **theirs)
        assert self.appeal(case, office.technician, **theirs)

    def test_a_guardians_names_the_student_and_nobody_elses_does(self, office):
        other = office.asks(host="maths.example", by="student2").askings.get()
        case = office.denied(teacher=office.teacher)

        wrong = ({"guardian": "Ana Ruiz"}, {"guardian": "Ana Ruiz", "asking": other})
        for fields in (*wrong, {"asking": case.askings.get()}):
            refused("put in by who asked", self.appeal, case, office.teacher, **fields)

    def test_the_teacher_named_records_it_for_those_who_name_them(self, office):
        case = office.asks(by="student2")
        office.denied(teacher=office.teacher)
        named, other = case.askings.get(asker=office.student), case.askings.get(asker=office.student2)

        theirs = {"guardian": "Ana Ruiz", "asking": other}
        refused("staff for a guardian", self.appeal, case, office.teacher, **theirs)
        assert self.appeal(case, office.teacher, guardian="Ana Ruiz", asking=named)

    def test_there_is_no_guardian_of_a_teacher(self, office):
        case = office.denied(by="teacher")
        theirs = {"guardian": "Ana Ruiz", "asking": case.askings.get()}

        refused("staff for a guardian", self.appeal, case, office.reviewer2, **theirs)

    def test_nobody_who_decided_puts_one_in(self, office):
        case = office.denied(teacher=office.reviewer)
        theirs = {"guardian": "Ana Ruiz", "asking": case.askings.get()}

        refused("whoever decided", self.appeal, case, office.reviewer)
        refused("whoever decided", self.appeal, case, office.reviewer, **theirs)
        for guardian in ("", "Ana Ruiz"):
            with pytest.raises(desk.Forbidden):
                desk.appeal(case.pk, office.reviewer, at=MONDAY, grounds="please", guardian=guardian)
        assert self.appeal(case, office.reviewer2, **theirs)

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


class TestCorrections:
    """A correction for other schools too is signed by two people of the district."""

    @pytest.fixture
    def others(self, db):
        """The database knows of another school."""
        Person.objects.create(login="far", role="student", school="maple-elementary")

    def signed(self, office, first_school, second_school):
        """A correction with two signatures, and nothing opened yet."""
        case, reviewer, technician = office.asks(), office.teacher2, office.teacher3
        office.charge(reviewer, DutyKind.REVIEWER, first_school)
        office.charge(technician, DutyKind.TECHNICIAN, second_school)
        decision(case, reviewer, stage="instructional", outcome="endorsed", listing=CORRECTION)
        made = decision(
            case, technician, stage="technical", outcome="approved", second=reviewer, listing=CORRECTION
        )
        return {"case": case, "decision": made, "host": case.host, "action": "correction"}

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(SCHOOL, "", id="the first one of the school"),
            pytest.param("", SCHOOL, id="the second one of the school"),
            pytest.param(SCHOOL, SCHOOL, id="both of the school"),
        ],
    )
    def test_not_where_one_of_them_signs_for_one_school(self, office, others, first, second):
        fields = self.signed(office, first, second)

        for audience in ({}, {"schools": []}, {"schools": [SCHOOL, "maple-elementary"]}):
            refused("for the whole district", Opening.objects.create, audience=audience, **fields)
        assert Opening.objects.create(audience={"schools": [SCHOOL]}, **fields)

    def test_but_by_two_of_the_district(self, office, others):
        assert Opening.objects.create(audience={}, **self.signed(office, "", ""))

    def test_on_the_days_on_which_they_sign(self, office, others):
        fields = self.signed(office, "", "")
        Duty.objects.filter(person=office.teacher2, school="").update(ends=MONDAY.date() - timedelta(days=2))

        refused("for the whole district", Opening.objects.create, audience={}, **fields)

    def test_on_appeal_by_the_officer_and_the_technician(self, office, others):
        case, officer, technician = office.appealed(), office.teacher2, office.teacher3
        duty = office.charge(officer, DutyKind.APPEAL_OFFICER, SCHOOL)
        office.charge(technician, DutyKind.TECHNICIAN, "")
        decision(case, officer, stage="appeal_endorsement", outcome="endorsed", listing=CORRECTION)
        made = decision(
            case, technician, stage="appeal", outcome="overturned", second=officer, listing=CORRECTION
        )
        fields = {"case": case, "decision": made, "host": case.host, "action": "correction", "audience": {}}

        refused("for the whole district", Opening.objects.create, **fields)
        office.charge(officer, DutyKind.APPEAL_OFFICER, "", rank=duty.rank)
        assert Opening.objects.create(**fields)

    def test_the_only_schools_people_sign_for_all_there_is(self, office):
        assert Opening.objects.create(audience={}, **self.signed(office, SCHOOL, SCHOOL))

    def test_the_duties_are_those_that_sign(self):
        assert {each.split(">")[0] for each in CORRECTS} == {each.value for each in Stage} - {"first"}
        assert {f"ordinary>{each}" for each in CORRECTS} < set(DECIDES)


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
