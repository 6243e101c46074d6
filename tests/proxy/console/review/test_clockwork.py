"""What happens by the clock happens at the right minute, once, and decides nothing."""

from datetime import date, datetime, timedelta

import pytest

from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk, telling
from proxy.console.review.models import Case
from proxy.console.review.states import Lasts, Step
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

MINUTE = timedelta(minutes=1)


def moment(text):
    return datetime.fromisoformat(text)


def letters(sort, case):
    return sorted(
        Letter.objects.filter(key__startswith=f"case.{case.pk}.{sort}").values_list("to", flat=True)
    )


@pytest.fixture
def officials(office):
    """Three reviewers of the school, in this order."""
    return [office.reviewer, office.reviewer2, office.reviewer3]


class TestEscalation:
    # config/demo has a half day on Tuesday, 24 November, and Thanksgiving from Wednesday to Friday.
    @pytest.mark.parametrize(
        ("asked", "due"),
        [
            pytest.param("2026-11-20T15:00-06:00", "2026-11-23T15:00-06:00", id="a weekend"),
            pytest.param("2026-11-23T15:00-06:00", "2026-11-30T11:00-06:00", id="a half day and a holiday"),
            pytest.param("2026-10-30T15:00-05:00", "2026-11-02T15:00-06:00", id="the clocks go back"),
            pytest.param("2027-03-12T15:00-06:00", "2027-03-15T15:00-05:00", id="the clocks go forward"),
        ],
    )
    def test_it_goes_up_at_the_due_minute_and_not_before(self, office, officials, asked, due):
        case = office.asks(at=moment(asked))
        assert case.due_at == moment(due)

        assert clockwork.escalate(moment(due) - MINUTE) == 0
        assert clockwork.escalate(moment(due)) == 1

        case.refresh_from_db()
        assert (case.official, case.level, case.overdue_at, case.due_at) == (
            officials[1], 1, moment(due), moment(due),
        )  # fmt: skip
        assert letters("overdue", case) == [officials[1].email]

    def test_it_goes_up_once(self, office, officials):
        case = office.asks()
        due = case.due_at

        assert [clockwork.escalate(due), clockwork.escalate(due), clockwork.escalate(due + MINUTE)] == [
            1,
            0,
            0,
        ]
        assert case.moves.filter(step=Step.ESCALATE.value).count() == 1

    def test_it_goes_on_up_after_as_long_again_and_ends_with_the_administrators(self, office, officials):
        office.administrator  # noqa: B018
        case = office.asks()  # eight school hours: due on Tuesday at 9, then on Wednesday, and so on
        for day in range(1, 4):
            clockwork.escalate(MONDAY + timedelta(days=day))

        case.refresh_from_db()
        assert (case.official, case.level) == (officials[2], 2)
        assert letters("nobody", case) == [office.administrator.email]
        assert case.state == "submitted"

    def test_it_stays_visible_as_overdue_until_it_is_answered(self, office, officials):
        case = office.asks()
        clockwork.escalate(case.due_at)
        at = case.due_at + MINUTE
        desk.claim(case.pk, officials[1], at=at)
        case = desk.deny(case.pk, officials[1], at=at, reason="no", checklist=NOTHING_SEEN)

        assert case.overdue_at is not None
        assert clockwork.escalate(at + timedelta(days=9)) == 0

    def test_whoever_holds_it_can_still_answer(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        seen = case.moves.order_by("pk").last().pk
        clockwork.escalate(case.due_at)

        case = desk.deny(
            case.pk, officials[0], at=case.due_at, reason="no", checklist=NOTHING_SEEN, seen=seen
        )

        assert case.state == "denied"

    def test_the_next_in_turn_can_take_it_over(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        with pytest.raises(desk.Forbidden):
            desk.take_over(case.pk, officials[1], at=MONDAY)
        clockwork.escalate(case.due_at)
        with pytest.raises(desk.Forbidden, match="official in charge"):
            desk.take_over(case.pk, officials[2], at=case.due_at)

        case = desk.take_over(case.pk, officials[1], at=case.due_at)

        assert case.holder == officials[1]

    def test_what_a_leaver_holds_can_be_taken_over_at_once(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[1], at=MONDAY)
        officials[1].enabled = False
        officials[1].save()

        assert desk.take_over(case.pk, officials[0], at=MONDAY).holder == officials[0]

    def test_what_a_leaver_holds_goes_back_to_the_queue_with_the_time_that_was_left(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        desk.ask(case.pk, officials[0], at=MONDAY, question="which class?")
        assert clockwork.escalate(MONDAY) == 0
        officials[0].enabled = False
        officials[0].save()

        clockwork.escalate(MONDAY)

        case.refresh_from_db()
        assert (case.state, case.holder, case.due_at) == ("submitted", None, MONDAY + timedelta(days=1))

    @pytest.mark.parametrize("change", [{"ends": date(2026, 11, 29)}, {"school": "maple-elementary"}])
    def test_so_does_what_somebody_holds_whose_duty_has_ended(self, office, officials, change):
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        Duty.objects.filter(person=office.appeal_officer).update(**change)

        clockwork.escalate(MONDAY)

        case.refresh_from_db()
        assert (case.state, case.holder) == ("appealed", None)

    def test_an_appeal_goes_up_too_to_somebody_who_had_no_part(self, office):
        case = office.appealed()
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)
        office.appeal_officer2  # noqa: B018
        assert case.due_at == moment("2026-12-07T09:00-06:00")  # forty school hours

        clockwork.escalate(case.due_at)

        case.refresh_from_db()
        assert (case.state, case.official) == ("appealed", office.appeal_officer2)

    def test_where_nobody_was_named_the_first_who_is_gets_it(self, office):
        case = desk.submit(office.asking(), at=MONDAY)
        office.reviewer  # noqa: B018

        clockwork.escalate(case.due_at)

        case.refresh_from_db()
        assert case.official == office.reviewer

    def test_a_duty_that_ended_is_passed_over(self, office, officials):
        Duty.objects.filter(person=officials[1]).update(ends=date(2026, 11, 30))
        case = office.asks()

        clockwork.escalate(case.due_at)

        case.refresh_from_db()
        assert case.official == officials[2]

    def test_it_is_recorded_as_the_timers(self, office, officials):
        case = office.asks()
        clockwork.escalate(case.due_at)

        record = AuditRecord.objects.get(action="case.escalate")
        assert (record.actor, record.about) == ("timers", f"case:{case.pk}")


class TestQuestions:
    def test_the_clock_stands_still_while_a_question_waits(self, office, officials):
        case = office.asks()  # due on Tuesday at 9:00
        desk.claim(case.pk, officials[0], at=MONDAY)
        two_hours_later = MONDAY + timedelta(hours=2)
        case = desk.ask(case.pk, officials[0], at=two_hours_later, question="which class?")
        assert (case.due_at, case.escalates_at) == (None, None)
        assert clockwork.escalate(MONDAY + timedelta(days=30)) == 0

        case = desk.answer(case.pk, office.student, at=moment("2026-12-03T14:00-06:00"), answer="7b")

        # Two of eight hours had passed: two on Thursday, four on Friday.
        assert case.due_at == moment("2026-12-04T12:00-06:00")
        assert (case.state, case.holder) == ("in_review", officials[0])

    def test_whoever_was_asked_is_reminded_once(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[0], at=MONDAY)
        case = desk.ask(case.pk, officials[0], at=MONDAY, question="which class?")
        assert len(letters("question", case)) == 1

        assert [clockwork.remind(case.remind_at), clockwork.remind(case.remind_at)] == [1, 0]

        assert letters("question", case) == [office.student.email] * 2


class TestReminders:
    def test_two_school_hours_before_it_is_due(self, office, officials):
        case = office.asks()
        at = moment("2026-11-30T15:00-06:00")

        assert [clockwork.remind(at - MINUTE), clockwork.remind(at), clockwork.remind(at)] == [0, 1, 0]

        assert letters("due_soon", case) == [officials[0].email]

    def test_whoever_claimed_it_is_reminded(self, office, officials):
        case = office.asks()
        desk.claim(case.pk, officials[2], at=MONDAY)

        clockwork.remind(case.due_at)

        assert letters("due_soon", case) == [officials[2].email]

    def test_nobody_is_where_that_is_off(self, office, officials, with_console):
        with_console(remind_before=0)
        case = office.asks()

        assert clockwork.remind(case.due_at) == 0

    def test_what_is_answered_is_not_reminded_of(self, office):
        case = office.denied()

        assert clockwork.remind(MONDAY + timedelta(days=2)) == 0
        assert letters("due_soon", case) == []


class TestClosing:
    def test_a_denial_is_closed_when_the_time_to_appeal_has_passed(self, office):
        case = office.denied()
        end = case.appeal_until

        assert [clockwork.close_unappealed(end - MINUTE), clockwork.close_unappealed(end)] == [0, 1]

        case.refresh_from_db()
        assert (case.state, case.ended_at) == ("closed", end)
        assert clockwork.close_unappealed(end + MINUTE) == 0

    def test_one_that_was_appealed_is_not(self, office):
        office.appealed()

        assert clockwork.close_unappealed(MONDAY + timedelta(days=365)) == 0


class TestExpiry:
    def test_an_opening_ends_at_its_end(self, office):
        case = office.approved()
        end = case.openings.get().ends

        assert [clockwork.expire(end - MINUTE), clockwork.expire(end), clockwork.expire(end)] == [0, 1, 0]

        case.refresh_from_db()
        assert (case.state, case.ended_at) == ("expired", end)
        assert letters("ended", case) == [office.student.email]

    def test_a_standing_one_does_not(self, office):
        office.approved(lasts=Lasts.STANDING.value)

        assert clockwork.expire(MONDAY + timedelta(days=3650)) == 0

    def test_what_was_revoked_is_not_ended_again(self, office):
        case = office.approved()
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="a mistake")

        assert clockwork.expire(MONDAY + timedelta(days=30)) == 0


class TestYearlyReviews:
    def test_an_official_is_asked_after_a_year_and_again_until_it_was_looked_at(self, office):
        case = office.approved(lasts=Lasts.STANDING.value)
        year = MONDAY + timedelta(days=365)

        done = [
            clockwork.yearly_reviews(at) for at in (year - timedelta(days=1), year, year + timedelta(days=1))
        ]
        again = clockwork.yearly_reviews(year + timedelta(days=30))

        assert (done, again) == ([0, 1, 0], 1)
        assert letters("yearly_review", case) == [office.reviewer.email] * 2

    def test_what_is_kept_stays_open_for_another_year(self, office):
        case = office.approved(lasts=Lasts.STANDING.value)
        year = MONDAY + timedelta(days=365)
        clockwork.yearly_reviews(year)

        case = desk.keep(case.pk, office.reviewer, at=year, reason="still in the course")

        assert (case.state, case.openings.get().review_on) == ("approved", date(2028, 11, 29))
        assert clockwork.yearly_reviews(year + timedelta(days=60)) == 0

    def test_whoever_asked_for_it_does_not_keep_it(self, office):
        case = office.approved(by="reviewer2", lasts=Lasts.STANDING.value)

        with pytest.raises(desk.Forbidden, match="asked for this yourself"):
            desk.keep(case.pk, office.reviewer2, at=MONDAY, reason="mine")


class TestTellings:
    def test_what_nobody_takes_up_goes_to_the_next_adult(self, office):
        first, second = office.counselor, office.counselor2
        told = telling.tell(by=office.student, subject="", school=SCHOOL, text="please help", at=MONDAY)
        assert told.to == first

        assert clockwork.escalate(told.escalates_at - MINUTE) == 0
        assert clockwork.escalate(told.escalates_at) == 1

        told.refresh_from_db()
        assert told.to == second
        assert Letter.objects.filter(key__startswith=f"telling.{told.pk}.").count() == 2

    def test_what_was_taken_up_does_not(self, office):
        office.counselor  # noqa: B018
        told = telling.tell(by=office.student, subject="", school=SCHOOL, text="please help", at=MONDAY)
        telling.take_up(told.pk, office.counselor, MONDAY)

        assert clockwork.escalate(MONDAY + timedelta(days=9)) == 0


def test_one_case_that_fails_keeps_no_other_one_from_its_turn(office, officials, monkeypatch, caplog):
    bad, good = office.asks("a.example"), office.asks("b.example")
    whole = clockwork._escalate

    def failing(case_id, at):
        if case_id == bad.pk:
            raise ZeroDivisionError
        whole(case_id, at)

    monkeypatch.setattr(clockwork, "_escalate", failing)

    assert clockwork.escalate(good.due_at) == 1

    assert "escalate of number" in caplog.text
    assert set(Case.objects.filter(level=1)) == {good}
