import pytest

from pressed_buttons import CLEAN, decide, press, state_of
from proxy.console.review import desk
from proxy.console.review.models import Case
from proxy.console.review.states import Outcome, Reach, State
from review_office import MONDAY, NOTHING_SEEN, Office


@pytest.fixture
def case(office: Office) -> Case:
    """A request that the reviewer has claimed."""
    made = office.asks("physics.example", path="/labs", reach=Reach.PATH)
    return desk.claim(made.pk, office.reviewer, at=MONDAY)


class TestDecide:
    def test_approve_as_asked(self, office, browser, case):
        answer = decide(browser(office.reviewer), case, "approve")

        assert answer.status_code == 302
        assert state_of(case) is State.APPROVED
        opening = case.openings.get()
        assert (opening.path, opening.exact, opening.audience) == (
            "/labs",
            False,
            {"subjects": ["id-student"]},
        )
        decision = case.decisions.get()
        assert (decision.reason, decision.outcome) == (CLEAN["decide-reason"], Outcome.APPROVED.value)

    def test_as_asked_is_what_stood_on_the_page(self, office, browser, case):
        """A teacher asks for the same, for the whole school and for good, while the reviewer reads."""
        client = browser(office.reviewer)
        shown = client.get(f"/cases/{case.pk}/").context["decide"]["sign"].value()
        office.asks(
            "physics.example", by="teacher", path="/labs", reach=Reach.PATH,
            audience={"schools": ["valley-high"]}, lasts="standing", ends=None,
        )  # fmt: skip

        answer = decide(client, case, "approve", sign=shown)

        assert answer.status_code == 422
        assert "Others have asked for the same" in answer.content.decode()
        assert state_of(case) is State.IN_REVIEW
        again = answer.context["decide"]["sign"].value()
        assert again != shown
        assert decide(client, case, "approve", sign=again).status_code == 302
        assert case.openings.get().audience == {"schools": ["valley-high"], "subjects": ["id-student"]}

    def test_approve_less(self, office, browser):
        office.school_class("period-3", ["student"])
        office.school_class("period-4", ["student-b"])
        case = office.asks("physics.example", by="teacher", audience={"classes": ["period-3", "period-4"]})
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        decide(
            browser(office.reviewer),
            case,
            "narrow",
            reach="page",
            path="/labs/optics",
            people="classes:period-3",
            ends="2026-12-01T15:00",
        )

        assert state_of(case) is State.APPROVED
        opening = case.openings.get()
        assert (opening.path, opening.exact, opening.audience) == (
            "/labs/optics",
            True,
            {"classes": ["period-3"]},
        )
        assert opening.ends.isoformat() == "2026-12-01T21:00:00+00:00"
        assert case.decisions.get().outcome == Outcome.NARROWED.value

    def test_only_whoever_asked(self, office, browser):
        office.school_class("period-3", ["student"])
        case = office.asks("physics.example", audience={"classes": ["period-3"]})
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        decide(
            browser(office.reviewer),
            case,
            "narrow",
            reach="site",
            people="subjects:id-student",
            ends="2026-12-01T15:00",
        )

        assert case.openings.get().audience == {"subjects": ["id-student"]}

    def test_deny(self, office, browser, case):
        decide(browser(office.reviewer), case, "deny")

        assert state_of(case) is State.DENIED
        assert not case.openings.exists()

    @pytest.mark.parametrize(
        "missing", ["obscene", "child_pornography", "harmful_to_minors", "reason", "answer"]
    )
    @pytest.mark.parametrize("answer", ["approve", "deny"])
    def test_what_is_missing_is_said_at_its_field_and_above_and_the_rest_is_kept(
        self, office, browser, case, missing, answer
    ):
        given = None if missing == "answer" else answer
        fields = {} if missing == "answer" else {missing: None}

        page = decide(browser(office.reviewer), case, given, obscene_note="looked at all of it", **fields)

        assert page.status_code == 422
        text = page.content.decode()
        assert 'role="alert"' in text
        assert f'href="#id_decide-{missing}' in text
        assert "looked at all of it" in text
        assert state_of(case) is State.IN_REVIEW

    def test_a_yes_without_a_note_is_not_enough(self, office, browser, case):
        page = decide(browser(office.reviewer), case, "deny", obscene="yes")

        assert page.status_code == 422
        assert "Say what you saw" in page.content.decode()

    @pytest.mark.parametrize("question", ["obscene", "child_pornography", "harmful_to_minors"])
    def test_a_yes_makes_opening_impossible_and_says_why(self, office, browser, case, question):
        page = decide(
            browser(office.reviewer), case, "approve", **{question: "yes", f"{question}_note": "a photograph"}
        )

        assert page.status_code == 422
        text = page.content.decode()
        assert "CIPA" in text
        assert "a photograph" in text
        assert CLEAN["decide-reason"] in text
        assert state_of(case) is State.IN_REVIEW

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"reach": "site"}, "reach"),
            ({"path": "/"}, "path"),
            ({"path": "/labsurvey"}, "path"),
            ({"ends": ""}, "ends"),
            ({"ends": "2036-01-01T00:00"}, "ends"),
            ({"ends": "soon"}, "ends"),
            ({"ends": "2026-12-01T15:00+00:00"}, "ends"),
            ({"begins": "2026-12-02T15:00", "ends": "2026-12-01T15:00"}, "ends"),
            ({"people": "subjects:id-somebody-else"}, "people"),
            ({"people": "schools:valley-high"}, "people"),
            ({"people": None}, "people"),
        ],
    )
    def test_nothing_wider_than_asked_can_be_sent(self, office, browser, case, fields, field):
        terms = {
            "reach": "path",
            "path": "/labs",
            "people": "subjects:id-student",
            "ends": "2026-12-01T15:00",
        }

        page = decide(browser(office.reviewer), case, "narrow", **(terms | fields))

        assert page.status_code == 422
        assert field in page.context["decide"].errors
        assert state_of(case) is State.IN_REVIEW

    def test_fields_that_the_form_does_not_have_do_nothing(self, office, browser, case):
        more = {
            "state": "approved",
            "decider": "1",
            "holder": "1",
            "host": "evil.example",
            "ends": "2036-01-01T00:00",
            "people": "schools:valley-high",
            "reach": "site",
            "listing": "correction",
        }

        decide(browser(office.reviewer), case, "approve", **more)

        opening = case.openings.get()
        assert (opening.host, opening.path, opening.audience) == (
            "physics.example",
            "/labs",
            {"subjects": ["id-student"]},
        )
        assert opening.ends == case.askings.get().ends

    def test_showing_what_it_opens_decides_nothing(self, office, browser, case):
        page = browser(office.reviewer).post(
            f"/cases/{case.pk}/decide/",
            {
                "show": "1",
                "decide-reach": "page",
                "decide-path": "/labs/optics",
                "decide-reason": "half written",
                "decide-people": "subjects:id-student",
                "decide-ends": "2026-12-01T15:00",
            },
        )

        text = page.content.decode()
        assert page.status_code == 200
        assert "the one page physics.example/labs/optics for 1 person, until Tuesday 15:00" in text
        assert "half written" in text
        assert 'role="alert"' not in text
        assert state_of(case) is State.IN_REVIEW

    def test_the_part_alone_for_browsers_that_ask_for_it(self, office, browser, case):
        part = press(
            browser(office.reviewer),
            case,
            "opens",
            **{
                "decide-reach": "page",
                "decide-path": "/labs/optics",
                "decide-people": "subjects:id-student",
                "decide-ends": "2026-12-01T15:00",
            },
        )

        text = part.content.decode()
        assert text.lstrip().startswith('<div id="opens"')
        assert "the one page physics.example/labs/optics for 1 person" in text

    def test_two_decide_at_once_and_the_second_is_told(self, office, browser, case):
        reviewer = browser(office.reviewer)
        seen = reviewer.get(f"/cases/{case.pk}/").context["decide"]["seen"].value()
        other = office.person("reviewer-b")
        desk.release(case.pk, office.reviewer, at=MONDAY)
        desk.claim(case.pk, other, at=MONDAY)
        desk.deny(case.pk, other, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

        answer = decide(reviewer, case, "approve", seen=seen)

        assert answer.status_code == 409
        text = answer.content.decode()
        assert "Reviewer-b denied it" in text
        assert CLEAN["decide-reason"] in text
        assert state_of(case) is State.DENIED
        assert case.decisions.count() == 1

    def test_a_case_that_came_back_meanwhile_has_to_be_looked_at_again(self, office, browser, case):
        reviewer = browser(office.reviewer)
        seen = reviewer.get(f"/cases/{case.pk}/").context["decide"]["seen"].value()
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which?")
        desk.answer(case.pk, office.student, at=MONDAY, answer="The other one")

        answer = decide(reviewer, case, "approve", seen=seen)

        assert answer.status_code == 409
        assert "The other one" in answer.content.decode()
        assert state_of(case) is State.IN_REVIEW
