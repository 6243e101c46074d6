"""A case is withdrawn, ends by its time, is taken back at once, or is kept for another year."""

from datetime import date, timedelta

import pytest

from proxy.console.audit.models import AuditRecord
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.states import Kind, Lasts
from review_office import MONDAY


class TestWithdrawing:
    def test_the_last_who_asks_ends_it(self, office):
        case = office.asks()

        case = desk.withdraw(case.pk, office.student, at=MONDAY)

        assert (case.state, case.ended_at, case.duty, case.join_key) == ("withdrawn", MONDAY, "", None)
        assert case.askings.get().withdrawn_at == MONDAY

    def test_it_goes_on_for_the_others(self, office):
        case = office.asks()
        office.asks(by="student2")

        case = desk.withdraw(case.pk, office.student, at=MONDAY)

        assert (case.state, case.duty) == ("submitted", "reviewer")
        assert desk.as_asked(case).audience == {"subjects": ("id-student2",)}
        with pytest.raises(desk.Forbidden):
            desk.withdraw(case.pk, office.student, at=MONDAY)

    def test_whoever_withdrew_can_ask_again(self, office):
        case = office.asks()
        office.asks(by="student2")
        desk.withdraw(case.pk, office.student, at=MONDAY)

        assert office.asks().pk == case.pk
        assert case.askings.filter(withdrawn_at=None).count() == 2

    def test_nobody_withdraws_for_others(self, office):
        case = office.asks()

        for name in ("student2", "teacher", "reviewer"):
            with pytest.raises(desk.Forbidden):
                desk.withdraw(case.pk, office.person(name), at=MONDAY)

    def test_what_is_decided_is_not_withdrawn(self, office):
        case = office.approved()

        with pytest.raises(desk.Forbidden, match="approved"):
            desk.withdraw(case.pk, office.student, at=MONDAY)


class TestRevoking:
    def test_it_is_closed_at_once_and_whoever_asked_is_told_why(self, office):
        case = office.approved()

        case = desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="it shows adverts")

        opening = case.openings.get()
        assert (case.state, opening.revoked_at, opening.revoked_by) == ("revoked", MONDAY, office.reviewer)
        letter = Letter.objects.get(key__startswith=f"case.{case.pk}.revoked")
        assert (letter.to, "it shows adverts" in letter.text) == (office.student.email, True)
        assert AuditRecord.objects.get(action="case.revoke").actor == f"person:{office.reviewer.pk}"

    @pytest.mark.parametrize("name", ["technician", "appeal_officer", "reviewer2", "technical_reviewer"])
    def test_by_whoever_reviews_at_the_school(self, office, name):
        case = office.approved()

        assert desk.revoke(case.pk, office.person(name), at=MONDAY, reason="a risk").state == "revoked"

    @pytest.mark.parametrize("name", ["student", "teacher", "administrator", "auditor", "counselor"])
    def test_by_nobody_else(self, office, name):
        case = office.approved()

        with pytest.raises(desk.Forbidden):
            desk.revoke(case.pk, office.person(name), at=MONDAY, reason="a risk")

    def test_with_a_reason(self, office):
        case = office.approved()

        with pytest.raises(desk.Incomplete):
            desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="")

    def test_not_twice(self, office):
        case = office.approved()
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="a risk")

        with pytest.raises(desk.Forbidden):
            desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="a risk")

    def test_a_report_that_opened_nothing_leaves_nothing_to_close(self, office):
        case = office.asks(kind=Kind.NOT_WORKING)
        desk.claim(case.pk, office.technician, at=MONDAY)
        desk.approve(case.pk, office.technician, at=MONDAY, reason="mended", checklist=None)

        with pytest.raises(desk.Forbidden, match="nothing to take back"):
            desk.revoke(case.pk, office.technician, at=MONDAY, reason="x")


class TestByTheClock:
    def test_nothing_ends_before_its_end(self, office):
        case = office.approved()

        with pytest.raises(desk.Forbidden):
            desk.expire(case.pk, at=case.openings.get().ends - timedelta(seconds=1))

    def test_no_denial_is_closed_while_it_can_be_appealed(self, office):
        case = office.denied()

        with pytest.raises(desk.Forbidden):
            desk.close(case.pk, at=case.appeal_until - timedelta(seconds=1))


class TestKeeping:
    def test_another_year(self, office):
        case = office.approved(lasts=Lasts.STANDING.value)

        case = desk.keep(case.pk, office.reviewer, at=MONDAY + timedelta(days=365), reason="still used")

        assert case.openings.get().review_on == date(2028, 11, 29)
        assert case.moves.order_by("pk").last().note == "still used"

    def test_what_has_an_end_needs_no_keeping(self, office):
        case = office.approved()

        with pytest.raises(desk.Forbidden, match="without an end"):
            desk.keep(case.pk, office.reviewer, at=MONDAY, reason="x")
