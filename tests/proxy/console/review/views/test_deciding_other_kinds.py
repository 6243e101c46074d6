"""What is decided of reports, resources and wrong listings, as a browser does it."""

from pressed_buttons import decide, press, state_of
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.models import Opening
from proxy.console.review.states import Kind, Listing, Outcome, State
from review_office import MONDAY


class TestOtherKinds:
    def test_a_report_is_for_those_whom_the_reviewer_chooses(self, office, browser):
        case = office.asks("bad.example", kind=Kind.SHOULD_BLOCK, audience={}, ends=None)
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        decide(browser(office.reviewer), case, "narrow", reach="site", people="groups:middle")

        opening = case.openings.get()
        whom = {"groups": ["middle"], "within": ["valley-high"]}
        assert (opening.action, opening.audience) == ("block", whom)

    def test_a_filter_that_does_not_work_needs_no_checklist(self, office, browser):
        office.technician  # noqa: B018
        case = office.asks("", kind=Kind.NOT_WORKING, audience={})
        desk.claim(case.pk, office.technician, at=MONDAY)

        answer = browser(office.technician).post(
            f"/cases/{case.pk}/decide/", {"decide-answer": "approve", "decide-reason": "the cable"}
        )

        assert answer.status_code == 302
        assert state_of(case) is State.APPROVED

    def test_an_app_without_a_site_is_approved_by_two_and_opens_nothing(self, office, browser):
        office.technical_reviewer  # noqa: B018
        case = office.asks("", kind=Kind.RESOURCE, by="teacher", title="Slide rule", category="")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        assert decide(browser(office.reviewer), case, "endorse").status_code == 302
        technical = browser(office.technical_reviewer)
        press(technical, case, "claim")
        page = technical.get(f"/cases/{case.pk}/").content.decode()
        assert "How much of the site" not in page

        assert decide(technical, case, "approve").status_code == 302

        assert state_of(case) is State.APPROVED
        assert (case.openings.get().action, case.openings.get().host) == ("listed", "")

    def test_a_correction_takes_a_technician_and_somebody_else(self, office, browser):
        office.technician  # noqa: B018
        case = office.asks("clinic.example", category="pornography")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        reviewer = browser(office.reviewer)
        page = reviewer.get(f"/cases/{case.pk}/").content.decode()
        assert "holds for everybody at Valley Middle and High School alone" in page

        decide(reviewer, case, "correct")
        assert state_of(case) is State.SUBMITTED
        assert case.duty == DutyKind.TECHNICIAN.value

        technician = browser(office.technician)
        press(technician, case, "claim")
        page = technician.get(f"/cases/{case.pk}/").content.decode()
        assert 'value="approve"' not in page
        assert "Whether a page is opened is decided by the reviewer" in page
        decide(technician, case, "correct")

        assert state_of(case) is State.APPROVED
        decision = case.decisions.get(outcome=Outcome.APPROVED.value)
        assert (decision.decider, decision.second) == (office.technician, office.reviewer)
        assert decision.listing == Listing.CORRECTION.value
        assert Opening.objects.get(case=case).category == "pornography"
        page = technician.get(f"/cases/{case.pk}/").content.decode()
        assert "for everybody at Valley Middle and High School alone" in page
