"""A denial is appealed once, in time, and answered by somebody who had no part in it (S84)."""

import re
from datetime import datetime, timedelta

import pytest

from past_the_desk import refused
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk
from proxy.console.review.appeals import appeal_of
from proxy.console.review.models import Appeal, Case
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

        assert (case.state, case.duty, appeal_of(case).by) == ("appealed", "appeal_officer", office.student)

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

        assert (appeal_of(case).guardian, appeal_of(case).by) == ("Ana Ruiz", office.reviewer2)
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
        office.technician  # noqa: B018
        signed = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(held.pk, office.appeal_officer, **signed)
        desk.claim_appeal(held.pk, office.technician, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="appeal officer's"):
            desk.overturn(held.pk, office.technician, opening=desk.as_asked(held), **signed)

        case = desk.overturn(held.pk, office.technician, listing=Listing.CORRECTION, **signed)

        decision = case.decisions.get(stage=Stage.APPEAL.value)
        assert (decision.decider, decision.second) == (office.technician, office.appeal_officer)
        assert case.openings.get().action == "correction"

    def test_a_technician_neither_upholds_nor_makes_an_exception(self, office, held):
        office.technician  # noqa: B018
        signed = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(held.pk, office.appeal_officer, **signed)
        desk.claim_appeal(held.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="return it"):
            desk.uphold(held.pk, office.technician, **signed)
        with pytest.raises(desk.Forbidden, match="appeal officer's"):
            desk.overturn(held.pk, office.technician, opening=desk.as_asked(held), **signed)

    def test_the_request_itself_is_not_withdrawn_any_more(self, office, held):
        with pytest.raises(desk.Forbidden, match="is being looked at"):
            desk.withdraw(held.pk, office.student, at=MONDAY)


class TestReturning:
    """A technician who does not sign second gives the appeal back to the appeal officers."""

    SIGNED = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}  # noqa: RUF012

    @pytest.fixture
    def signed(self, office):
        office.technician  # noqa: B018
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)
        return desk.claim_appeal(case.pk, office.technician, at=MONDAY)

    def returned(self, office, case):
        return desk.return_appeal(case.pk, office.technician, at=MONDAY, reason="it shows games")

    def test_it_goes_back_to_them_with_the_reason_and_the_due_time_it_had(self, office, signed):
        case = self.returned(office, signed)

        assert (case.state, case.duty, case.holder, case.due_at) == (
            "appealed", "appeal_officer", None, signed.due_at,
        )  # fmt: skip
        assert case.official == office.appeal_officer
        assert (appeal_of(case).returned_at, appeal_of(case).returned_by) == (MONDAY, office.technician)
        assert case.moves.order_by("pk").last().note == "it shows games"
        letter = Letter.objects.filter(to=office.appeal_officer.email).order_by("pk").last()
        assert "it shows games" in letter.text
        record = AuditRecord.objects.get(action="case.return_appeal")
        assert "games" not in str(record.detail)

    def test_from_denial_to_an_answer_by_the_same_officer(self, office, signed):
        self.returned(office, signed)
        desk.claim_appeal(signed.pk, office.appeal_officer, at=MONDAY)

        case = desk.uphold(signed.pk, office.appeal_officer, at=MONDAY, reason="then it stays")

        assert [move.step for move in case.moves.order_by("pk")] == [
            "", "claim", "deny", "appeal", "claim_appeal", "endorse_appeal", "claim_appeal", "return_appeal",
            "claim_appeal", "uphold",
        ]  # fmt: skip
        answer = case.decisions.get(stage=Stage.APPEAL.value)
        assert (case.state, answer.decider, answer.second, answer.listing) == (
            "closed", office.appeal_officer, None, "exception",
        )  # fmt: skip

    @pytest.mark.parametrize("name", ["appeal_officer", "appeal_officer2"])
    def test_any_officer_without_a_part_grants_it_by_an_exception(self, office, signed, name):
        self.returned(office, signed)
        desk.claim_appeal(signed.pk, office.person(name), at=MONDAY)

        asked = desk.as_asked(signed)
        case = desk.overturn(signed.pk, office.person(name), opening=asked, **self.SIGNED)

        assert (case.state, case.openings.get().action) == ("approved", "allow")

    def test_the_law_holds_for_that_too(self, office, signed):
        self.returned(office, signed)
        desk.claim_appeal(signed.pk, office.appeal_officer, at=MONDAY)

        yes = self.SIGNED | {"checklist": seen(harmful_to_minors="pictures")}
        with pytest.raises(desk.Incomplete, match="CIPA"):
            desk.overturn(signed.pk, office.appeal_officer, opening=desk.as_asked(signed), **yes)

    def test_the_correction_is_not_signed_again(self, office, signed):
        self.returned(office, signed)

        for person in (office.appeal_officer, office.appeal_officer2):
            desk.claim_appeal(signed.pk, person, at=MONDAY)
            with pytest.raises(desk.Forbidden, match="No technician signed the correction"):
                desk.endorse_appeal(signed.pk, person, **self.SIGNED)
            with pytest.raises(desk.Forbidden, match="No technician signed the correction"):
                desk.overturn(signed.pk, person, listing=Listing.CORRECTION, **self.SIGNED)
            desk.release_appeal(signed.pk, person, at=MONDAY)

    def test_whoever_returned_it_does_not_answer_it_as_an_appeal_officer(self, office, signed):
        office.charge(office.technician, DutyKind.APPEAL_OFFICER, rank=0)
        case = self.returned(office, signed)

        assert case.official == office.appeal_officer
        with pytest.raises(desk.Forbidden, match="returned this appeal"):
            desk.claim_appeal(signed.pk, office.technician, at=MONDAY)

    def test_whoever_returned_one_hears_the_next_one(self, office):
        office.technician  # noqa: B018
        office.asks(by="student2")
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)
        desk.claim_appeal(case.pk, office.technician, at=MONDAY)
        self.returned(office, case)
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
        desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine")
        office.charge(office.technician, DutyKind.APPEAL_OFFICER)

        assert desk.claim_appeal(case.pk, office.technician, at=MONDAY).holder == office.technician

    def test_nobody_else_returns_it_and_nothing_else_is_returned(self, office, signed):
        with pytest.raises(desk.Forbidden, match="claimed"):
            desk.return_appeal(signed.pk, office.technician2, at=MONDAY, reason="x")
        other = office.appealed(host="maths.example")
        desk.claim_appeal(other.pk, office.appeal_officer, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="sign a correction second"):
            desk.return_appeal(other.pk, office.appeal_officer, at=MONDAY, reason="x")

    def test_it_takes_a_reason(self, office, signed):
        with pytest.raises(desk.Incomplete) as raised:
            desk.return_appeal(signed.pk, office.technician, at=MONDAY, reason=" ")
        assert raised.value.field == "reason"

    def test_who_is_overdue_with_it_is_not_given_more_time(self, office, signed):
        clockwork.escalate(signed.due_at)

        case = desk.return_appeal(signed.pk, office.technician, at=signed.due_at, reason="no")

        assert (case.due_at, case.overdue_at, case.level) == (signed.due_at, signed.due_at, 0)
        assert case.escalates_at is not None
        assert case.escalates_at > signed.due_at


class TestWithdrawingAnAppeal:
    """It ends the appeal of the one who put it in; they still ask, and nobody else's right ends with it."""

    LATER = MONDAY + timedelta(days=3)

    @pytest.fixture
    def case(self, office):
        """Two students were denied the same, with ten school days to appeal: to the end of 14 December."""
        office.appeal_officer  # noqa: B018
        case = office.asks(evidence={"category": "games"})
        office.asks(by="student2", teacher=office.teacher)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        return desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    def test_it_is_denied_as_before_for_the_others(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        case = desk.withdraw_appeal(case.pk, office.student, at=self.LATER)

        assert (case.state, case.duty, case.due_at, case.holder, case.ended_at) == ("denied", "", *[None] * 3)
        assert case.askings.filter(withdrawn_at=None).count() == 2
        assert case.moves.order_by("pk").last().step == "withdraw_appeal"

    def test_the_clock_stood_still_while_it_was_heard(self, office, case):
        put_in = MONDAY + timedelta(days=1)
        desk.appeal(case.pk, office.student, at=put_in, grounds="please")

        # Nine school days were left after Tuesday, 1 December: they are left after Thursday.
        case = desk.withdraw_appeal(case.pk, office.student, at=put_in + timedelta(days=2, hours=1))

        assert case.appeal_until == datetime.fromisoformat("2026-12-17T00:00-06:00")
        with pytest.raises(desk.Forbidden, match="time to appeal"):
            desk.appeal(case.pk, office.student2, at=case.appeal_until, grounds="mine")
        in_time = case.appeal_until - timedelta(seconds=1)
        assert desk.appeal(case.pk, office.student2, at=in_time, grounds="x").state == "appealed"

    def test_the_others_are_told_until_when_and_by_whom_nobody(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

        told = Letter.objects.filter(key__startswith=f"case.{case.pk}.appeal_withdrawn")

        assert sorted(letter.to for letter in told) == [office.student2.email, office.teacher.email]
        text = " ".join(told.get(to=office.student2.email).text.split())
        assert "you can appeal until the end of Monday 14 December 2026" in text
        assert not [letter for letter in told if re.search(r"\bStudent\b", letter.text)]

    def test_whoever_withdrew_has_had_theirs(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="appealed this already"):
            desk.appeal(case.pk, office.student, at=MONDAY, grounds="again")

    def test_a_teachers_is_not_their_students(self, office, case):
        desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")
        case = desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)

        assert (case.state, case.askings.filter(withdrawn_at=None).count()) == ("denied", 2)
        with pytest.raises(desk.Forbidden, match="appealed this already"):
            desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="again")
        assert desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine").state == "appealed"

    def test_the_next_one_is_heard_as_if_it_were_the_first(self, office, case):
        office.technician  # noqa: B018
        officer, given = office.appeal_officer, {"reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, officer, at=MONDAY)
        desk.endorse_appeal(case.pk, officer, at=MONDAY, **given)
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

        second = desk.appeal(case.pk, office.student2, at=self.LATER, grounds="mine")
        assert (second.duty, second.official, second.overdue_at) == ("appeal_officer", officer, None)
        assert second.due_at > self.LATER
        desk.claim_appeal(case.pk, officer, at=self.LATER)
        desk.endorse_appeal(case.pk, officer, at=self.LATER, **given)
        desk.claim_appeal(case.pk, office.technician, at=self.LATER)
        correction = {"listing": Listing.CORRECTION, **given}
        case = desk.overturn(case.pk, office.technician, at=self.LATER, **correction)

        assert (case.state, case.openings.get().action) == ("approved", "correction")
        new = Letter.objects.filter(key__contains=".new_appeal.", to=officer.email)
        assert new.count() == 2

    @pytest.mark.parametrize(
        ("met", "named"),
        [
            pytest.param("", "health", id="none was met"),
            pytest.param("games", "games", id="the one that was met"),
        ],
    )
    def test_a_category_that_was_signed_on_it_binds_nobody(self, office, met, named):
        office.technician, office.appeal_officer  # noqa: B018
        given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        case = office.asks(category=met, evidence={"category": met})
        office.asks(by="student2", category="sports", evidence={"category": "sports"} if met else {})
        Case.objects.filter(pk=case.pk).update(category=met)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.endorse_appeal(case.pk, office.appeal_officer, category=met or "gambling", **given)

        assert desk.withdraw_appeal(case.pk, office.student, at=MONDAY).category == met
        desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine")
        desk.claim_appeal(case.pk, office.appeal_officer2, at=MONDAY)
        case = desk.endorse_appeal(case.pk, office.appeal_officer2, category=named, **given)
        assert case.category == named

    def test_a_category_that_was_signed_before_the_denial_stays(self, office):
        office.technician, office.technician2, office.appeal_officer  # noqa: B018
        given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        case = office.asks(category="")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, listing=Listing.CORRECTION, category="health", **given)
        desk.claim(case.pk, office.technician, at=MONDAY)
        desk.hand_over(case.pk, office.technician, at=MONDAY, to=office.reviewer)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.endorse_appeal(case.pk, office.appeal_officer, **given)

        assert desk.withdraw_appeal(case.pk, office.student, at=MONDAY).category == "health"

    def test_with_nobody_else_left_it_is_denied_until_the_time_has_passed(self, office):
        case = office.appealed()

        case = desk.withdraw_appeal(case.pk, office.student, at=self.LATER)

        assert (case.state, case.ended_at) == ("denied", None)
        assert desk.close(case.pk, at=case.appeal_until).state == "closed"

    def test_the_teacher_and_a_guardian_of_the_only_one_who_asks_appeal_still(self, office):
        office.appeal_officer  # noqa: B018
        case = office.denied(teacher=office.teacher)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
        told = Letter.objects.filter(key__startswith=f"case.{case.pk}.appeal_withdrawn")
        assert [letter.to for letter in told] == [office.teacher.email]

        desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="for class")
        desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)
        case = desk.appeal(case.pk, office.reviewer2, at=MONDAY, grounds="please", guardian="Ana Ruiz")

        assert case.state == "appealed"

    def test_what_another_ones_appeal_opens_is_for_everybody_who_asked(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
        desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        given = {"at": MONDAY, "reason": "right", "checklist": NOTHING_SEEN}
        case = desk.overturn(case.pk, office.appeal_officer, opening=desk.as_asked(case), **given)

        assert case.openings.get().audience == {"subjects": ["id-student", "id-student2"]}

    def test_who_cannot_appeal_gets_no_letter_about_it(self, office):
        office.appeal_officer  # noqa: B018
        case = office.asks(teacher=office.reviewer)
        office.asks(by="student2", teacher=office.auditor)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

        told = Letter.objects.filter(key__startswith=f"case.{case.pk}.appeal_withdrawn")
        assert [letter.to for letter in told] == [office.student2.email]

    def test_nobody_takes_back_what_another_one_put_in(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")

        for name in ("student2", "teacher", "reviewer2"):
            with pytest.raises(desk.Forbidden, match="whoever put the appeal in"):
                desk.withdraw_appeal(case.pk, office.person(name), at=MONDAY)

    def test_what_nobody_appeals_any_more_is_closed(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        case = desk.withdraw_appeal(case.pk, office.student, at=self.LATER)

        assert desk.close(case.pk, at=case.appeal_until).state == "closed"


class TestGuardians:
    """A guardian appeals for a student, once for each of them; the name is only text."""

    @pytest.fixture
    def case(self, office):
        """Two students were denied the same."""
        office.appeal_officer  # noqa: B018
        case = office.asks(teacher=office.teacher)
        office.asks(by="student2", teacher=office.teacher2)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        return desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    def records(self, case, by, student, guardian="Ana Ruiz"):
        asking = student and case.askings.get(asker=student).pk
        fields = {"at": MONDAY, "grounds": "please", "guardian": guardian, "asking": asking}
        return desk.appeal(case.pk, by, **fields)

    def takes_back(self, case, by):
        return desk.withdraw_appeal(case.pk, by, at=MONDAY, reason="she changed her mind")

    def test_the_student_is_named_where_several_ask(self, office, case):
        with pytest.raises(desk.Incomplete, match="Choose the student") as raised:
            self.records(case, office.reviewer2, None)
        assert raised.value.field == "asking"

        case = self.records(case, office.reviewer2, office.student2)

        assert appeal_of(case).asking.asker == office.student2
        noted = case.askings.order_by("pk").values_list("guardian", flat=True)
        assert list(noted) == ["", "Ana Ruiz"]

    def test_a_teacher_records_it_for_students_who_name_them(self, office, case):
        with pytest.raises(desk.Incomplete):
            self.records(case, office.teacher, office.student2)

        assert appeal_of(self.records(case, office.teacher, None)).asking.asker == office.student

    @pytest.mark.parametrize("name", ["Ana Ruiz", "ana ruiz", "Ana  Ruiz", "Bo Lind"])
    def test_one_for_a_student_however_the_name_is_written(self, office, case, name):
        self.records(case, office.reviewer2, office.student)
        self.takes_back(case, office.reviewer2)

        with pytest.raises(desk.Incomplete, match="of this student has appealed"):
            self.records(case, office.technician, office.student, name)

    def test_a_namesake_appeals_for_another_student(self, office, case):
        self.records(case, office.reviewer2, office.student)
        self.takes_back(case, office.reviewer2)

        assert self.records(case, office.reviewer2, office.student2).state == "appealed"
        self.takes_back(case, office.reviewer2)
        with pytest.raises(desk.Forbidden, match="A guardian has appealed already"):
            self.records(case, office.reviewer2, office.student2)

    def test_a_student_who_asked_by_ticket_and_by_log_in_is_one(self, office):
        case = office.asks(asker=None, ticket="event-7")
        office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        assert case.askings.count() == 2

        assert self.records(case, office.reviewer2, None).state == "appealed"
        self.takes_back(case, office.reviewer2)
        with pytest.raises(desk.Forbidden, match="A guardian has appealed already"):
            self.records(case, office.reviewer2, None)

    def test_taking_it_back_needs_a_reason_that_staff_read(self, office, case):
        self.records(case, office.reviewer2, office.student)
        with pytest.raises(desk.Incomplete) as raised:
            desk.withdraw_appeal(case.pk, office.reviewer2, at=MONDAY, reason=" ")
        assert raised.value.field == "reason"

        case = self.takes_back(case, office.reviewer2)

        last = case.moves.order_by("pk").last()
        assert (case.state, last.step, last.note) == ("denied", "withdraw_appeal", "she changed her mind")
        assert Appeal.objects.get().withdrawn_by == office.reviewer2
        assert "mind" not in str(AuditRecord.objects.get(action="case.withdraw_appeal").detail)

    def test_the_student_is_told_and_not_why(self, office, case):
        self.records(case, office.reviewer2, office.student)
        self.takes_back(case, office.reviewer2)

        letters = Letter.objects.filter(key__contains="_withdrawn")
        theirs = letters.get(to=office.student.email)
        text = " ".join(theirs.text.split())
        assert "The appeal of your parent or guardian was taken back" in text
        assert "you can appeal until the end of Monday 14 December 2026" in text
        assert not [letter for letter in letters if "mind" in letter.text or "Reviewer2" in letter.text]

    def test_and_told_nothing_of_an_appeal_that_they_have_had(self, office, case):
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
        self.records(case, office.reviewer2, office.student)
        self.takes_back(case, office.reviewer2)

        theirs = Letter.objects.get(key__contains="guardian_withdrawn")
        assert theirs.to == office.student.email
        assert "you can appeal" not in theirs.text

    def test_it_is_nothing_of_the_recorders_own(self, office, case):
        self.records(case, office.teacher, office.student)
        case = self.takes_back(case, office.teacher)

        assert case.askings.filter(withdrawn_at=None).count() == 2
        assert desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="mine").state == "appealed"


class TestNobodyToSignSecond:
    """A correction is not signed first where no technician without a part could sign it second."""

    SIGNED = TestReturning.SIGNED

    def test_a_technician_who_handed_the_request_back_is_none(self, office):
        office.appeal_officer  # noqa: B018
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        correction = {**self.SIGNED, "listing": Listing.CORRECTION}
        office.technician  # noqa: B018
        desk.endorse(case.pk, office.reviewer, **correction)
        desk.claim(case.pk, office.technician, at=MONDAY)
        desk.hand_over(case.pk, office.technician, at=MONDAY, to=office.reviewer, note="it is right")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="no technician now who had no other part"):
            desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)

        case.refresh_from_db()
        assert (case.state, case.duty) == ("in_appeal", "appeal_officer")
        answered = desk.uphold(case.pk, office.appeal_officer, at=MONDAY, reason="then it stays")
        assert answered.state == "closed"

    def test_nor_the_appeal_officer_themself(self, office):
        office.charge(office.appeal_officer, DutyKind.TECHNICIAN)
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="no technician now"):
            desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)
        office.technician  # noqa: B018
        case = desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)
        assert case.official == office.technician


def test_a_private_request_is_seen_by_the_appeal_officer_only_once_there_is_an_appeal(office):
    case = office.asks_alone()
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.deny(case.pk, office.counselor, at=MONDAY, reason="let us talk", checklist=NOTHING_SEEN)
    assert not may_see(office.appeal_officer, case, ON)

    desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")

    assert may_see(office.appeal_officer, case, ON)
    assert not may_see(office.reviewer, case, ON)
    assert case.school == SCHOOL
