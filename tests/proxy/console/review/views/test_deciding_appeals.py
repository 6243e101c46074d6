from datetime import timedelta

import pytest

from pressed_buttons import decide, press, state_of
from proxy.console.people.models import Person
from proxy.console.review import clockwork, desk
from proxy.console.review.models import Case
from proxy.console.review.states import Outcome, State
from proxy.console.site import clock
from review_office import MONDAY, NOTHING_SEEN, Office


class TestAppeal:
    @pytest.fixture
    def appealed(self, office: Office) -> Case:
        made = office.appealed(host="physics.example")
        return desk.claim_appeal(made.pk, office.appeal_officer, at=MONDAY)

    def test_overturn(self, office, browser, appealed):
        assert decide(browser(office.appeal_officer), appealed, "approve").status_code == 302

        assert state_of(appealed) is State.APPROVED
        assert appealed.decisions.last().outcome == Outcome.OVERTURNED.value

    def test_overturn_in_part(self, office, browser, appealed):
        decide(
            browser(office.appeal_officer),
            appealed,
            "narrow",
            reach="path",
            path="/labs",
            people="subjects:id-student",
            ends="2026-12-01T15:00",
        )

        assert appealed.openings.get().path == "/labs"

    def test_uphold(self, office, browser, appealed):
        decide(browser(office.appeal_officer), appealed, "deny")

        assert state_of(appealed) is State.CLOSED
        assert appealed.decisions.last().outcome == Outcome.UPHELD.value

    def test_nobody_else_can(self, office, browser, appealed):
        for person in ("reviewer", "reviewer-b", "technician"):
            assert decide(browser(office.person(person)), appealed, "approve").status_code == 409
        assert state_of(appealed) is State.IN_APPEAL

    def test_where_the_time_has_passed_it_opens_as_long_from_now(self, office, browser, appealed):
        later = appealed.askings.get().ends + timedelta(hours=1)
        clock.set_to(later)
        officer = browser(office.appeal_officer)
        assert (
            "The time that was asked for has passed" in officer.get(f"/cases/{appealed.pk}/").content.decode()
        )

        decide(officer, appealed, "approve")

        assert state_of(appealed) is State.APPROVED
        assert appealed.openings.get().ends == later + timedelta(days=7)
        assert appealed.decisions.last().outcome == Outcome.OVERTURNED.value

    def test_and_no_longer(self, office, browser, appealed):
        clock.set_to(appealed.askings.get().ends + timedelta(hours=1))
        terms = {"reach": "site", "people": "subjects:id-student"}

        longer = decide(browser(office.appeal_officer), appealed, "narrow", ends="2026-12-15T15:00", **terms)
        over = decide(browser(office.appeal_officer), appealed, "narrow", ends="2026-12-01T15:00", **terms)

        assert "ends" in longer.context["decide"].errors
        assert "ends" in over.context["decide"].errors
        assert state_of(appealed) is State.IN_APPEAL


class TestTheSecondSignature:
    """A technician signs a correction second, or returns the appeal."""

    @pytest.fixture
    def signed(self, office: Office) -> Case:
        office.technician  # noqa: B018
        made = office.appealed(host="physics.example")
        desk.claim_appeal(made.pk, office.appeal_officer, at=MONDAY)
        given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
        desk.endorse_appeal(made.pk, office.appeal_officer, **given)
        return desk.claim_appeal(made.pk, office.technician, at=MONDAY)

    def page(self, client, case):
        return client.get(f"/cases/{case.pk}/").content.decode()

    def test_both_ways_are_on_the_page_and_no_other(self, office, browser, signed):
        text = self.page(browser(office.technician), signed)

        assert "Your signature is the second one" in text
        assert "What your signature would open" in text
        assert "physics.example would leave" in text
        assert "What approval would open" not in text
        assert "Sign the correction" in text
        assert "Return the appeal" in text
        assert 'name="decide-answer" value="deny"' not in text

    def test_who_does_not_sign_second_sees_neither(self, office, browser):
        other = office.appealed(host="maths.example")
        desk.claim_appeal(other.pk, office.appeal_officer, at=MONDAY)

        text = self.page(browser(office.appeal_officer), other)

        assert "Record the decision" in text
        assert "Return the appeal" not in text

    def test_it_is_signed(self, office, browser, signed):
        assert decide(browser(office.technician), signed, "correct").status_code == 302

        assert state_of(signed) is State.APPROVED

    def test_no_other_answer_is_taken(self, office, browser, signed):
        for answer in ("deny", "approve"):
            assert decide(browser(office.technician), signed, answer).status_code == 422
        assert state_of(signed) is State.IN_APPEAL

    def test_it_is_returned_and_the_officer_reads_why(self, office, browser, signed):
        sent = press(browser(office.technician), signed, "return", **{"return-reason": "It shows games"})
        assert sent.status_code == 302
        assert state_of(signed) is State.APPEALED

        officer = browser(office.appeal_officer)
        press(officer, signed, "claim")
        text = self.page(officer, signed)

        assert "Returned without a second signature" in text
        assert "It shows games" in text
        assert "No technician signed the correction" in text
        assert decide(officer, signed, "deny").status_code == 302
        assert state_of(signed) is State.CLOSED

    def test_what_nobody_can_sign_any_more_comes_back_by_itself_and_says_why(self, office, browser, signed):
        Person.objects.filter(pk=office.technician.pk).update(left=True)
        clockwork.escalate(MONDAY)

        officer = browser(office.appeal_officer)
        press(officer, signed, "claim")
        text = self.page(officer, signed)

        assert "By the clock" in text
        assert "Nobody is there any more who could sign this second." in text
        assert "No technician signed the correction" in text
        assert decide(officer, signed, "deny").status_code == 302
        assert state_of(signed) is State.CLOSED

    def test_without_a_technician_the_first_signature_is_not_offered(self, office, browser):
        other = office.appealed(host="maths.example")
        desk.claim_appeal(other.pk, office.appeal_officer, at=MONDAY)
        officer = browser(office.appeal_officer)

        text = self.page(officer, other)

        assert 'name="decide-answer" value="deny"' in text
        assert 'name="decide-answer" value="correct"' not in text
        assert "there is no technician now" in text
        assert decide(officer, other, "correct").status_code == 422

    def test_without_a_reason_it_is_not_returned(self, office, browser, signed):
        sent = press(browser(office.technician), signed, "return", **{"return-reason": ""})

        assert (sent.status_code, state_of(signed)) == (422, State.IN_APPEAL)
        assert "Write why you do not sign" in sent.content.decode()

    def test_nobody_else_returns_it(self, office, browser, signed):
        for person in (office.appeal_officer2, office.person("technician-b")):
            sent = press(browser(person), signed, "return", **{"return-reason": "x"})
            assert (sent.status_code, state_of(signed)) == (403, State.IN_APPEAL)


def test_appeals_that_were_taken_back_stay_on_the_page(office, browser):
    office.asks(host="physics.example", by="student2")
    case = office.appealed(host="physics.example")
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
    desk.appeal(case.pk, office.student2, at=MONDAY, grounds="it is for me, too")

    text = browser(office.appeal_officer).get(f"/cases/{case.pk}/").content.decode()

    assert "An appeal, taken back" in text
    assert "it is for class" in text
    assert "it is for me, too" in text
