import re

import pytest

from pressed_buttons import press, state_of
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.models import Case
from proxy.console.review.states import Reach, State
from review_office import MONDAY, Office


@pytest.fixture
def case(office: Office) -> Case:
    """A request that the reviewer has claimed."""
    made = office.asks("physics.example", path="/labs", reach=Reach.PATH)
    return desk.claim(made.pk, office.reviewer, at=MONDAY)


class TestButtons:
    def test_claim_and_release_from_the_list(self, office, browser):
        case = office.asks()
        reviewer = browser(office.reviewer)

        claimed = press(reviewer, case, "claim", kept="kind=unblock", back="case")
        assert claimed["Location"] == f"/cases/{case.pk}/?kind=unblock"
        assert state_of(case) is State.IN_REVIEW

        released = press(reviewer, case, "release", kept="kind=unblock", back="list")
        assert released["Location"] == "/queue/?kind=unblock"
        assert state_of(case) is State.SUBMITTED

    @pytest.mark.parametrize(
        "kept", ["//evil.example/", "next=https://evil.example", "\r\nX: y", "%0d%0a", "kind=\u2028"]
    )
    def test_the_way_back_leads_nowhere_else(self, office, browser, kept):
        answer = press(browser(office.reviewer), office.asks(), "claim", kept=kept, back="list")

        assert answer.status_code == 302
        assert re.fullmatch(r"/queue/(\?kind=[%\w]+)?", answer["Location"])

    def test_the_second_to_claim_is_told_who_was_faster(self, office, browser):
        case = office.asks()
        second = browser(office.person("reviewer-b"))
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        answer = press(second, case, "claim")

        assert answer.status_code == 409
        assert "Reviewer claimed it" in answer.content.decode()
        case.refresh_from_db()
        assert case.holder == office.reviewer

    def test_an_appeal_is_claimed_and_released(self, office, browser):
        case = office.appealed()
        officer = browser(office.appeal_officer)

        press(officer, case, "claim")
        assert state_of(case) is State.IN_APPEAL
        press(officer, case, "release")
        assert state_of(case) is State.APPEALED

    def test_the_first_decider_is_refused_the_appeal_with_the_reason(self, office, browser):
        case = office.appealed()
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)

        answer = press(browser(office.reviewer), case, "claim")

        assert answer.status_code == 403
        assert "You decided on this request first" in answer.content.decode()
        assert state_of(case) is State.APPEALED

    @pytest.mark.parametrize(
        "step", ["claim", "release", "take-over", "ask", "hand-over", "decide", "opens", "revoke"]
    )
    def test_steps_are_taken_by_post_with_a_token(self, office, browser, step):
        case = office.asks()

        assert browser(office.reviewer).get(f"/cases/{case.pk}/{step}/").status_code == 405
        assert press(browser(office.reviewer, enforce_csrf_checks=True), case, step).status_code == 403
        assert state_of(case) is State.SUBMITTED

    @pytest.mark.parametrize(
        "step", ["claim", "release", "take-over", "ask", "hand-over", "decide", "opens", "revoke"]
    )
    def test_a_guessed_number_is_no_case(self, office, browser, step):
        private = office.asks_alone()

        for number in (private.pk, 999_999):
            assert browser(office.reviewer).post(f"/cases/{number}/{step}/").status_code == 404

    @pytest.mark.parametrize("person", ["student", "teacher", "auditor", "administrator"])
    def test_whoever_does_not_answer_cannot_press(self, office, browser, person):
        case = office.asks()

        assert press(browser(office.person(person)), case, "claim").status_code == 403
        assert state_of(case) is State.SUBMITTED


class TestTalk:
    def test_a_question_goes_to_whoever_asked(self, office, browser, case):
        press(browser(office.reviewer), case, "ask", **{"ask-question": "Which of the labs?"})

        assert state_of(case) is State.NEEDS_ANSWER
        assert case.moves.last().note == "Which of the labs?"

    def test_an_empty_question_is_an_error_at_its_field(self, office, browser, case):
        answer = press(browser(office.reviewer), case, "ask", **{"ask-question": " "})

        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'href="#id_ask-question"' in page
        assert 'aria-invalid="true"' in page
        assert state_of(case) is State.IN_REVIEW

    def test_hand_over_to_a_person(self, office, browser, case):
        other = office.person("reviewer-b")

        press(
            browser(office.reviewer),
            case,
            "hand-over",
            **{"hand-to": f"person:{other.pk}", "hand-note": "yours"},
        )

        assert state_of(case) is State.SUBMITTED
        assert case.official == other

    def test_hand_over_to_a_duty(self, office, browser, case):
        office.technician  # noqa: B018

        press(
            browser(office.reviewer),
            case,
            "hand-over",
            **{"hand-to": "duty:technician", "hand-note": "a list"},
        )

        case.refresh_from_db()
        assert case.duty == DutyKind.TECHNICIAN.value

    @pytest.mark.parametrize("to", ["", "person:999999", "duty:auditor", "duty:king", "person:x", "nobody"])
    def test_hand_over_to_nobody_who_could(self, office, browser, case, to):
        answer = press(browser(office.reviewer), case, "hand-over", **{"hand-to": to, "hand-note": "yours"})

        assert answer.status_code == 422
        assert state_of(case) is State.IN_REVIEW


class TestRevoke:
    def test_what_was_opened_ends_at_once(self, office, browser):
        case = office.approved()

        press(browser(office.reviewer), case, "revoke", **{"revoke-reason": "it has changed"})

        assert state_of(case) is State.REVOKED
        assert case.openings.get().revoked_by == office.reviewer

    def test_not_without_a_reason(self, office, browser):
        case = office.approved()

        answer = press(browser(office.reviewer), case, "revoke", **{"revoke-reason": ""})

        assert answer.status_code == 422
        assert state_of(case) is State.APPROVED
