from datetime import timedelta

import pytest

from pressed_buttons import decide, state_of
from proxy.console.review import desk
from proxy.console.review.models import Case
from proxy.console.review.states import Outcome, State
from proxy.console.site import clock
from review_office import MONDAY, Office


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
