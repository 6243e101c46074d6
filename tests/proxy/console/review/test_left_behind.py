"""What somebody had to answer who has left goes to others with the next round, and keeps its due time."""

from datetime import date, datetime, timedelta

import pytest

from office_post import letters
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person
from proxy.console.portal.shown import shown
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk, left_behind, telling
from proxy.console.review.models import Case
from proxy.console.review.states import Kind, Lane, Listing
from proxy.console.review.workflow import Forbidden
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

YESTERDAY = date(2026, 11, 29)
GONE = [
    pytest.param({"enabled": False}, id="switched off"),
    pytest.param({"left": True}, id="gone from the roster"),
    pytest.param({"ends_on": YESTERDAY}, id="past the last day"),
]


def leaves(person, **change):
    Person.objects.filter(pk=person.pk).update(**change or {"left": True})


def duty_ends(person, **of):
    Duty.objects.filter(person=person, **of).update(ends=YESTERDAY)


def renewed(case):
    """The case after the next round of the timers, well before it is due."""
    clockwork.escalate(MONDAY)
    return Case.objects.get(pk=case.pk)


class TestWhoIsInCharge:
    @pytest.mark.parametrize("change", GONE)
    def test_the_next_in_the_order_is(self, office, officials, change):
        case = office.asks()
        assert renewed(case).official == officials[0]
        leaves(officials[0], **change)

        now = renewed(case)

        assert (now.official, now.state, now.level) == (officials[1], "submitted", 0)
        assert (now.due_at, now.escalates_at) == (case.due_at, case.due_at)
        assert letters("handed_over", case) == [officials[1].email]

    def test_whoever_asked_reads_the_new_name(self, office, officials):
        case = office.asks()
        duty_ends(officials[0])

        now = renewed(case)

        assert shown(now, now.askings.get(), MONDAY).has_it == "Reviewer2 (Reviewer)"

    def test_whoever_is_reminded_is_the_new_one(self, office, officials):
        case = office.asks()
        duty_ends(officials[0])
        renewed(case)

        clockwork.remind(case.remind_at)

        assert letters("due_soon", case) == [officials[1].email]

    def test_it_is_in_the_record_and_in_the_history_once(self, office, officials):
        case = office.asks()
        leaves(officials[0])
        for _ in range(2):
            renewed(case)

        record = AuditRecord.objects.get(action="case.hand_on")
        assert (record.actor, record.about) == ("timers", f"case:{case.pk}")
        assert f'"from":"person:{officials[0].pk}"' in record.detail
        assert f'"to":"person:{officials[1].pk}"' in record.detail
        assert [move.by for move in case.moves.filter(step="hand_on")] == [None]

    def test_a_duty_at_another_school_is_not_enough(self, office, officials):
        case = office.asks()
        duty_ends(officials[0])
        office.charge(officials[0], DutyKind.REVIEWER, "maple-elementary")
        office.charge(officials[0], DutyKind.TECHNICIAN)

        assert renewed(case).official == officials[1]

    def test_after_the_second_comes_the_third_and_no_one_who_was_late_with_it(self, office, officials):
        case = office.asks()
        clockwork.escalate(case.due_at)
        leaves(officials[1])

        clockwork.escalate(case.due_at)

        now = Case.objects.get(pk=case.pk)
        assert (now.official, now.level, now.overdue_at) == (officials[2], 1, case.due_at)
        assert letters("overdue", case) == [officials[1].email, officials[2].email]

    def test_after_the_last_one_the_first(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        desk.hand_over(case.pk, officials[0], at=MONDAY, to=officials[2])
        leaves(officials[2])

        assert renewed(case).official == officials[0]

    def test_whoever_holds_it_goes_on_and_another_is_in_charge(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)
        leaves(officials[0])

        now = renewed(case)

        assert (now.state, now.holder, now.official) == ("in_review", officials[1], officials[2])

    def test_whoever_holds_it_and_is_the_last_one_gets_no_letter(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)
        leaves(officials[0])
        leaves(officials[2])

        assert renewed(case).official == officials[1]
        assert letters("handed_over", case) == []

    def test_whoever_asked_is_passed_over(self, office, officials):
        case = office.asks()
        office.asks(by="reviewer2")
        leaves(officials[0])

        assert renewed(case).official == officials[2]

    def test_whoever_asks_for_the_same_by_now_is_in_charge_no_more(self, office, officials):
        case = office.asks()
        office.asks(by="reviewer")

        assert renewed(case).official == officials[1]
        assert letters("handed_over", case) == [officials[1].email]

    def test_where_nobody_is_left_the_administrators_hear_of_it_once(self, office):
        administrator, case = office.administrator, office.asks()
        leaves(office.reviewer)
        renewed(case)

        now = renewed(case)

        assert (now.official, now.due_at, now.state) == (None, case.due_at, "submitted")
        assert letters("nobody", case) == [administrator.email]
        assert shown(now, now.askings.get(), MONDAY).has_it == ""

    def test_while_a_question_waits_the_clock_still_stands(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)
        desk.ask(case.pk, officials[1], at=MONDAY, question="which class?")
        leaves(officials[0])

        now = renewed(case)

        assert (now.state, now.official, now.due_at) == ("needs_answer", officials[2], None)
        assert now.clock_left == timedelta(hours=8)

    def test_what_the_official_held_too_goes_back_to_the_queue_as_well(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        leaves(officials[0])

        now = renewed(case)

        assert (now.state, now.holder, now.official) == ("submitted", None, officials[1])
        assert [move.step for move in case.moves.order_by("pk")][-2:] == ["release", "hand_on"]

    def test_of_an_appeal_the_next_officer_is(self, office):
        officer, second = office.appeal_officer, office.appeal_officer2
        case = office.appealed()
        assert case.official == officer
        duty_ends(officer)

        now = renewed(case)

        assert (now.state, now.official) == ("appealed", second)
        assert letters("handed_over", case) == [second.email]

    def test_in_the_private_lane_the_next_counselor_is_and_the_letter_says_nothing(self, office):
        office.counselor, office.counselor2  # noqa: B018
        case = office.asks_alone(host="health.example")
        leaves(office.counselor)

        assert renewed(case).official == office.counselor2
        letter = Letter.objects.get(key__contains="handed_over")
        assert (letter.to, "health" in letter.text) == (office.counselor2.email, False)

    def test_what_is_answered_is_left_alone(self, office):
        case = office.denied()
        leaves(office.reviewer)

        assert renewed(case).moves.filter(step="hand_on").count() == 0

    def test_nothing_is_taken_from_anybody_who_can_answer(self, office, officials):
        case = office.asks()

        with pytest.raises(Forbidden):
            left_behind.hand_on(case.pk, MONDAY)


class TestWhoHoldsIt:
    def test_it_goes_back_to_the_queue_with_the_time_that_was_left(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)
        desk.ask(case.pk, officials[1], at=MONDAY, question="which class?")
        leaves(officials[1])

        now = renewed(case)

        assert (now.state, now.holder, now.due_at) == ("submitted", None, MONDAY + timedelta(days=1))

    def test_not_from_anybody_who_can_answer_it(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)

        with pytest.raises(Forbidden):
            left_behind.release(case.pk, MONDAY)


class TestTheSecondSignature:
    """What nobody can sign second any more goes back to those who signed first."""

    SIGNED = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}  # noqa: RUF012

    @pytest.fixture
    def signed(self, office):
        office.technician  # noqa: B018
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        return desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)

    @pytest.mark.parametrize("change", GONE)
    def test_of_an_appeal_to_the_appeal_officers(self, office, signed, change):
        leaves(office.technician, **change)

        now = renewed(signed)

        assert (now.state, now.duty, now.official) == ("appealed", "appeal_officer", office.appeal_officer)
        assert (now.due_at, now.holder) == (signed.due_at, None)
        appeal = now.appeals.get()
        assert (appeal.returned_at, appeal.returned_by) == (MONDAY, None)
        move = now.moves.order_by("pk").last()
        assert (move.step, move.by, move.note) == ("return_appeal", None, left_behind.NOBODY_SIGNS)
        assert letters("handed_over", signed) == [office.appeal_officer.email, office.technician.email]
        assert letters("nobody", signed) == []
        assert AuditRecord.objects.get(action="case.return_appeal").actor == "timers"

    def test_whoever_signed_first_answers_it_without_a_correction(self, office, signed):
        duty_ends(office.technician)
        renewed(signed)
        officer = office.appeal_officer
        desk.claim_appeal(signed.pk, officer, at=MONDAY)

        with pytest.raises(Forbidden, match="No technician signed"):
            desk.endorse_appeal(signed.pk, officer, **self.SIGNED)
        assert desk.uphold(signed.pk, officer, at=MONDAY, reason="then it stays").state == "closed"

    def test_also_from_the_hands_of_the_last_technician(self, office, signed):
        desk.claim_appeal(signed.pk, office.technician, at=MONDAY)
        leaves(office.technician)

        now = renewed(signed)

        assert (now.state, now.duty) == ("appealed", "appeal_officer")
        steps = list(now.moves.order_by("pk").values_list("step", flat=True))
        assert steps[-2:] == ["release_appeal", "return_appeal"]

    def test_not_while_another_technician_is_there(self, office, signed):
        second = office.technician2
        leaves(office.technician)

        now = renewed(signed)

        assert (now.duty, now.official, now.appeals.get().returned_at) == ("technician", second, None)
        with pytest.raises(Forbidden):
            left_behind.give_back(signed.pk, MONDAY)

    def test_a_technician_who_had_a_part_is_none(self, office):
        office.technician, office.appeal_officer  # noqa: B018
        case = office.asks()
        desk.hand_over(
            desk.claim(case.pk, office.reviewer, at=MONDAY).pk,
            office.reviewer,
            at=MONDAY,
            to=office.technician2,
        )
        desk.claim(case.pk, office.technician2, at=MONDAY)
        desk.hand_over(case.pk, office.technician2, at=MONDAY, to=office.reviewer)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.endorse_appeal(case.pk, office.appeal_officer, **self.SIGNED)
        leaves(office.technician)

        assert renewed(case).duty == "appeal_officer"

    @pytest.mark.parametrize(
        ("signs", "asked"),
        [
            pytest.param("technician", {}, id="a correction"),
            pytest.param("technical_reviewer", {"kind": Kind.RESOURCE, "title": "App"}, id="a resource"),
        ],
    )
    def test_of_a_request_to_the_reviewers(self, office, signs, asked):
        second = office.person(signs)
        case = office.asks(**asked)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        listing = Listing.EXCEPTION if asked else Listing.CORRECTION
        desk.endorse(case.pk, office.reviewer, listing=listing, **self.SIGNED)
        leaves(second)

        now = renewed(case)

        assert (now.state, now.duty, now.official, now.due_at) == (
            "submitted", "reviewer", office.reviewer, case.due_at,
        )  # fmt: skip
        move = now.moves.order_by("pk").last()
        assert (move.step, move.note) == ("hand_on", left_behind.NOBODY_SIGNS)
        assert renewed(case).moves.count() == now.moves.count()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    @pytest.mark.parametrize(
        ("to", "asked"),
        [("technician", {}), ("technical_reviewer", {"kind": Kind.RESOURCE, "title": "App"})],
    )
    def test_what_was_handed_over_unsigned_goes_to_the_reviewers(self, office, to, asked):
        there = office.person(to)
        case = office.asks(**asked)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=DutyKind(to))
        assert renewed(case).official == there
        leaves(there)

        now = renewed(case)

        assert (now.state, now.duty, now.official, now.due_at) == (
            "submitted", "reviewer", office.reviewer, case.due_at,
        )  # fmt: skip
        move = now.moves.order_by("pk").last()
        assert (move.step, move.by, move.note) == ("hand_on", None, left_behind.NOBODY_ANSWERS)
        assert renewed(case).moves.count() == now.moves.count()

    def test_of_a_request_that_the_last_technician_joined(self, office):
        office.technician  # noqa: B018
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, listing=Listing.CORRECTION, **self.SIGNED)
        assert office.asks(by="technician").pk == case.pk

        assert renewed(case).duty == "reviewer"


class TestNobodyInCharge:
    """Whoever is charged with the duty later is in charge at once."""

    @pytest.mark.parametrize(
        ("duty", "asked"),
        [
            pytest.param("reviewer", {}, id="a request"),
            pytest.param("technician", {"kind": Kind.NOT_WORKING}, id="a report"),
            pytest.param("counselor", {"lane": Lane.PRIVATE}, id="a private request"),
        ],
    )
    def test_of_a_request(self, office, duty, asked):
        case = desk.submit(office.asking(**asked), at=MONDAY)
        assert renewed(case).official is None
        later = office.person(duty)

        now = renewed(case)

        assert (now.official, now.due_at, now.level) == (later, case.due_at, 0)
        assert letters("handed_over", case) == [later.email]
        assert renewed(case).moves.filter(step="hand_on").count() == 1

    def test_of_an_appeal(self, office):
        case = office.denied()
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)
        assert renewed(case).official is None

        officer = office.appeal_officer

        assert renewed(case).official == officer
        assert letters("handed_over", case) == [officer.email]

    def test_of_what_is_overdue_by_then(self, office):
        case = desk.submit(office.asking(), at=MONDAY)
        clockwork.escalate(case.due_at)
        later = office.reviewer

        clockwork.escalate(case.due_at)

        assert Case.objects.get(pk=case.pk).official == later
        assert letters("overdue", case) == [later.email]


class TestWhoWasTold:
    def tell(self, office):
        return telling.tell(by=office.student, subject="", school=SCHOOL, text="please help", at=MONDAY)

    @pytest.mark.parametrize("change", GONE)
    def test_the_next_adult_is(self, office, change):
        first, second = office.counselor, office.counselor2
        told = self.tell(office)
        leaves(first, **change)
        for _ in range(2):
            clockwork.escalate(MONDAY)

        now = type(told).objects.get()
        assert (now.to, now.escalates_at) == (second, told.escalates_at)
        assert sorted(letter.to for letter in Letter.objects.all()) == [second.email, first.email]
        assert AuditRecord.objects.get(action="telling.hand_on").about == f"telling:{told.pk}"

    def test_after_the_last_counselor_the_administrators_are(self, office):
        office.counselor, office.administrator  # noqa: B018
        told = self.tell(office)
        duty_ends(office.counselor)

        clockwork.escalate(MONDAY)

        told.refresh_from_db()
        assert told.to == office.administrator

    def test_where_nobody_is_left_whoever_is_named_later_hears_of_it(self, office):
        office.counselor  # noqa: B018
        told = self.tell(office)
        leaves(office.counselor)
        clockwork.escalate(MONDAY)
        told.refresh_from_db()
        assert told.to is None

        later = office.counselor2
        clockwork.escalate(told.escalates_at)

        told.refresh_from_db()
        assert told.to == later

    def test_what_was_taken_up_is_left_alone(self, office):
        office.counselor2  # noqa: B018
        told = self.tell(office)
        telling.take_up(told.pk, office.counselor2, MONDAY)
        leaves(office.counselor2)
        clockwork.escalate(MONDAY)

        told.refresh_from_db()
        assert told.taken_by == office.counselor2
        with pytest.raises(Forbidden):
            left_behind.tell_next(told.pk, MONDAY)


def test_the_days_are_those_of_the_school(office, officials):
    """The last day of a duty ends at midnight in Chicago, six hours after it does in Greenwich."""
    case = office.asks()
    Duty.objects.filter(person=officials[0]).update(ends=date(2026, 11, 30))

    def official(at):
        clockwork.escalate(datetime.fromisoformat(at))
        return Case.objects.get(pk=case.pk).official

    assert official("2026-11-30T23:59-06:00") == officials[0]
    assert official("2026-12-01T00:00-06:00") == officials[1]
