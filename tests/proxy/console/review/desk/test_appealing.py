"""A denial is appealed once, in time, and answered by somebody who had no part in it (S84)."""

from datetime import datetime

import pytest

from past_the_desk import refused
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.models import Appeal
from proxy.console.review.states import Listing, Outcome, Stage
from proxy.console.review.visibility import may_see
from review_office import MONDAY, NOTHING_SEEN, SCHOOL, seen

ON = MONDAY.date()


def moment(text):
    return datetime.fromisoformat(text)


class TestWhoMayAppeal:
    def test_whoever_asked(self, office):
        case = office.denied()

        case = desk.appeal(case.pk, office.student, at=MONDAY, grounds="it is for class")

        assert (case.state, case.duty, case.appeal.by) == ("appealed", "appeal_officer", office.student)

    def test_the_teacher_named_in_the_request(self, office):
        case = office.denied(teacher=office.teacher)

        assert desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="I need it").state == "appealed"

    def test_not_the_teacher_of_whoever_asks_no_longer(self, office):
        case = office.asks(teacher=office.teacher)
        office.asks(by="student2")
        desk.withdraw(case.pk, office.student, at=MONDAY)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

        with pytest.raises(desk.Forbidden, match="Only whoever asked"):
            desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="x")
        fields = {"case": case, "by": office.teacher, "at": MONDAY, "grounds": "x"}
        refused("put in by who asked", Appeal.objects.create, **fields)
        assert desk.appeal(case.pk, office.student2, at=MONDAY, grounds="x").state == "appealed"

    def test_a_guardian_whose_name_staff_record(self, office):
        case = office.denied()

        words = {"grounds": "my child needs it", "guardian": "Ana Ruiz"}
        case = desk.appeal(case.pk, office.reviewer2, at=MONDAY, **words)

        assert (case.appeal.guardian, case.appeal.by) == ("Ana Ruiz", office.reviewer2)
        assert case.askings.get().guardian == "Ana Ruiz"

    def test_no_guardian_of_a_teacher(self, office):
        case = office.denied(by="teacher")

        with pytest.raises(desk.Forbidden):
            desk.appeal(case.pk, office.reviewer2, at=MONDAY, grounds="x", guardian="Ana Ruiz")

    @pytest.mark.parametrize("name", ["student2", "teacher", "reviewer", "administrator", "auditor"])
    def test_nobody_else(self, office, name):
        case = office.denied()

        with pytest.raises(desk.Forbidden):
            desk.appeal(case.pk, office.person(name), at=MONDAY, grounds="x")

    def test_an_auditor_appeals_for_nobody_not_even_as_the_teacher_named(self, office):
        case = office.denied(teacher=office.auditor)

        for guardian in ("", "Ana Ruiz"):
            with pytest.raises(desk.Forbidden):
                desk.appeal(case.pk, office.auditor, at=MONDAY, grounds="x", guardian=guardian)

    def test_nobody_appeals_their_own_decision(self, office):
        case = office.denied(teacher=office.reviewer)

        for guardian in ("", "Ana Ruiz"):
            with pytest.raises(desk.Forbidden):
                desk.appeal(case.pk, office.reviewer, at=MONDAY, grounds="x", guardian=guardian)
        assert desk.appeal(case.pk, office.student, at=MONDAY, grounds="x").state == "appealed"

    def test_not_twice(self, office):
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.uphold(case.pk, office.appeal_officer, at=MONDAY, reason="as before")

        with pytest.raises(desk.Forbidden):
            desk.appeal(case.pk, office.student, at=MONDAY, grounds="again")

    def test_within_ten_school_days_to_the_last_minute(self, office):
        # Ten school days after Monday, 30 November: the end of Monday, 14 December.
        case = office.denied()
        assert case.appeal_until == moment("2026-12-15T00:00-06:00")

        with pytest.raises(desk.Forbidden, match="time to appeal"):
            desk.appeal(case.pk, office.student, at=moment("2026-12-15T00:00-06:00"), grounds="x")
        late = desk.appeal(case.pk, office.student, at=moment("2026-12-14T23:59-06:00"), grounds="x")
        assert late.state == "appealed"

    def test_grounds_are_needed(self, office):
        case = office.denied()

        with pytest.raises(desk.Incomplete) as raised:
            desk.appeal(case.pk, office.student, at=MONDAY, grounds=" ")
        assert raised.value.field == "grounds"


class TestWhoAnswers:
    @pytest.mark.parametrize(
        ("name", "why"),
        [
            pytest.param("reviewer", "decided on this request first", id="the first decider"),
            pytest.param("reviewer2", "had claimed this request", id="who once claimed it"),
            pytest.param("student", "asked for this yourself", id="who asked"),
            pytest.param("teacher", "put in this appeal", id="who appealed"),
        ],
    )
    def test_nobody_who_had_a_part(self, office, name, why):
        case = office.asks(teacher=office.teacher)
        desk.claim(case.pk, office.reviewer2, at=MONDAY)
        desk.release(case.pk, office.reviewer2, at=MONDAY)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="I need it")
        office.charge(office.person(name), DutyKind.APPEAL_OFFICER)

        with pytest.raises(desk.Forbidden, match=why):
            desk.claim_appeal(case.pk, office.person(name), at=MONDAY)

    def test_the_first_official_is_one_who_had_no_part(self, office):
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)

        case = office.appealed()

        assert case.official == office.appeal_officer
        letter = Letter.objects.get(key__startswith=f"case.{case.pk}.new_appeal")
        assert letter.to == office.appeal_officer.email


class TestAnswers:
    @pytest.fixture
    def held(self, office):
        case = office.appealed()
        return desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

    def test_overturned_opens_what_was_asked_for(self, office, held):
        case = desk.overturn(
            held.pk, office.appeal_officer, at=MONDAY, reason="it is for class", checklist=NOTHING_SEEN,
            opening=desk.as_asked(held),
        )  # fmt: skip

        assert (case.state, case.openings.get().host) == ("approved", "physics.example")
        assert case.decisions.get(stage=Stage.APPEAL.value).outcome == Outcome.OVERTURNED.value

    def test_upheld_closes_it_with_a_reason_for_whoever_asked(self, office, held):
        case = desk.uphold(held.pk, office.appeal_officer, at=MONDAY, reason="as it was said")

        assert (case.state, case.ended_at, case.duty) == ("closed", MONDAY, "")
        assert "as it was said" in Letter.objects.get(key=f"case.{case.pk}.upheld/{office.student.pk}").text

    def test_the_law_holds_on_appeal_too(self, office, held):
        with pytest.raises(desk.Incomplete, match="CIPA"):
            desk.overturn(
                held.pk, office.appeal_officer, at=MONDAY, reason="x", checklist=seen(obscene="pictures"),
                opening=desk.as_asked(held),
            )  # fmt: skip

    def test_a_correction_on_appeal_takes_a_technician_too(self, office, held):
        signed = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(held.pk, office.appeal_officer, **signed)
        desk.claim_appeal(held.pk, office.technician, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="appeal officer's"):
            desk.overturn(held.pk, office.technician, opening=desk.as_asked(held), **signed)

        case = desk.overturn(held.pk, office.technician, listing=Listing.CORRECTION, **signed)

        decision = case.decisions.get(stage=Stage.APPEAL.value)
        assert (decision.decider, decision.second) == (office.technician, office.appeal_officer)
        assert case.openings.get().action == "correction"

    def test_an_appeal_that_is_withdrawn_ends_the_case(self, office, held):
        assert desk.withdraw(held.pk, office.student, at=MONDAY).state == "withdrawn"


def test_a_private_request_is_seen_by_the_appeal_officer_only_once_there_is_an_appeal(office):
    case = office.asks_alone()
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.deny(case.pk, office.counselor, at=MONDAY, reason="let us talk", checklist=NOTHING_SEEN)
    assert not may_see(office.appeal_officer, case, ON)

    desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")

    assert may_see(office.appeal_officer, case, ON)
    assert not may_see(office.reviewer, case, ON)
    assert case.school == SCHOOL
