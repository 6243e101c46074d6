"""What nobody answers in time goes up to the next named person, at the right minute."""

from datetime import date, datetime, timedelta

import pytest

from office_post import letters
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty
from proxy.console.review import clockwork, desk
from proxy.console.review.states import Step
from review_office import MONDAY, NOTHING_SEEN

MINUTE = timedelta(minutes=1)


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
        case = office.asks(at=datetime.fromisoformat(asked))
        assert case.due_at == datetime.fromisoformat(due)

        assert clockwork.escalate(datetime.fromisoformat(due) - MINUTE) == 0
        assert clockwork.escalate(datetime.fromisoformat(due)) == 1

        case.refresh_from_db()
        assert (case.official, case.level, case.overdue_at, case.due_at) == (
            officials[1], 1, datetime.fromisoformat(due), datetime.fromisoformat(due),
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

    def test_an_appeal_goes_back_to_the_queue_when_its_holders_duty_ends(self, office, officials):
        case = office.appealed()
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        Duty.objects.filter(person=office.appeal_officer).update(ends=date(2026, 11, 29))

        clockwork.escalate(MONDAY)

        case.refresh_from_db()
        assert (case.state, case.holder) == ("appealed", None)

    def test_an_appeal_goes_up_too_to_somebody_who_had_no_part(self, office):
        case = office.appealed()
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)
        office.appeal_officer2  # noqa: B018
        assert case.due_at == datetime.fromisoformat("2026-12-07T09:00-06:00")  # forty school hours

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
