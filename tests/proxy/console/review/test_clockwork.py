"""What happens by the clock happens at the right minute, once, and decides nothing."""

from datetime import date, datetime, timedelta

import pytest

from office_post import letters
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk, telling
from proxy.console.review.models import Case
from proxy.console.review.states import Lasts
from review_office import MONDAY, SCHOOL

MINUTE = timedelta(minutes=1)


class TestQuestions:
    def test_the_clock_stands_still_while_a_question_waits(self, office, officials):
        case = office.asks()  # due on Tuesday at 9:00
        desk.claim(case.pk, officials[0], at=MONDAY)
        two_hours_later = MONDAY + timedelta(hours=2)
        case = desk.ask(case.pk, officials[0], at=two_hours_later, question="which class?")
        assert (case.due_at, case.escalates_at) == (None, None)
        assert clockwork.escalate(MONDAY + timedelta(days=30)) == 0

        case = desk.answer(
            case.pk, office.student, at=datetime.fromisoformat("2026-12-03T14:00-06:00"), answer="7b"
        )

        # Two of eight hours had passed: two on Thursday, four on Friday.
        assert case.due_at == datetime.fromisoformat("2026-12-04T12:00-06:00")
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
        at = datetime.fromisoformat("2026-11-30T15:00-06:00")

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

    def test_after_the_last_counselor_it_goes_to_the_administrators_and_round_again(self, office):
        line = [office.counselor, office.counselor2, office.administrator]
        told = telling.tell(by=office.student, subject="", school=SCHOOL, text="please help", at=MONDAY)
        reached = [told.to]
        for _ in range(3):
            clockwork.escalate(told.escalates_at)
            told.refresh_from_db()
            reached.append(told.to)

        assert reached == [*line, line[0]]


class TestManyAtOnce:
    """However many come first that fail or are not due after all, they keep no other one from its turn."""

    @pytest.fixture(autouse=True)
    def _two_at_once(self, monkeypatch):
        monkeypatch.setattr(clockwork, "AT_ONCE", 2)

    def test_those_that_fail(self, office, officials, monkeypatch):
        bad = [office.asks(f"bad-{n}.example").pk for n in range(3)]
        good = office.asks("good.example")
        whole = clockwork._escalate

        def failing(case_id, at):
            if case_id in bad:
                raise ZeroDivisionError
            whole(case_id, at)

        monkeypatch.setattr(clockwork, "_escalate", failing)

        assert clockwork.escalate(good.due_at) == 1
        assert set(Case.objects.filter(level=1)) == {good}

    def test_those_that_somebody_else_was_faster_with(self, office, officials, monkeypatch):
        faster = [office.asks(f"done-{n}.example").pk for n in range(3)]
        due = office.asks("due.example")
        whole = clockwork._remind

        def overtaken(case_id, at):
            if case_id in faster:
                raise clockwork._NotNow("reminded")
            whole(case_id, at)

        monkeypatch.setattr(clockwork, "_remind", overtaken)

        assert clockwork.remind(due.remind_at) == 1

    def test_the_rest_has_its_turn_with_the_next_round(self, office, officials):
        cases = [office.asks(f"site-{n}.example") for n in range(5)]

        assert [clockwork.escalate(cases[0].due_at) for _ in range(4)] == [2, 2, 1, 0]


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
