"""A case is claimed, released, asked about and handed over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.states import Kind
from review_office import MONDAY


@pytest.fixture
def held(office):
    """A request that the reviewer has claimed."""
    return desk.claim(office.asks().pk, office.reviewer, at=MONDAY)


def test_what_is_released_can_be_claimed_by_others(office, held):
    case = desk.release(held.pk, office.reviewer, at=MONDAY, note="I know the family")

    assert (case.state, case.holder) == ("submitted", None)
    assert desk.claim(case.pk, office.reviewer2, at=MONDAY).holder == office.reviewer2


class TestQuestions:
    def test_all_who_ask_get_the_question_and_the_holder_the_answer(self, office, held):
        office.asks(by="student2")
        case = desk.ask(held.pk, office.reviewer, at=MONDAY, question="For which class?")
        assert case.state == "needs_answer"
        told = Letter.objects.filter(key__startswith=f"case.{case.pk}.question")
        assert sorted(told.values_list("to", flat=True)) == [office.student2.email, office.student.email]
        assert all("For which class?" in letter.text for letter in told)

        case = desk.answer(case.pk, office.student2, at=MONDAY, answer="Period 3")

        assert (case.state, case.holder) == ("in_review", office.reviewer)
        assert case.moves.order_by("pk").last().note == "Period 3"
        assert Letter.objects.get(key__startswith=f"case.{case.pk}.answered").to == office.reviewer.email

    def test_only_whoever_asked_answers(self, office, held):
        desk.ask(held.pk, office.reviewer, at=MONDAY, question="For which class?")

        with pytest.raises(desk.Forbidden, match="whoever asked"):
            desk.answer(held.pk, office.student2, at=MONDAY, answer="mine")

    @pytest.mark.parametrize("text", ["", "  "])
    def test_words_are_needed(self, office, held, text):
        with pytest.raises(desk.Incomplete):
            desk.ask(held.pk, office.reviewer, at=MONDAY, question=text)
        desk.ask(held.pk, office.reviewer, at=MONDAY, question="?")
        with pytest.raises(desk.Incomplete):
            desk.answer(held.pk, office.student, at=MONDAY, answer=text)

    def test_a_question_that_is_not_answered_can_be_dropped(self, office, held):
        desk.ask(held.pk, office.reviewer, at=MONDAY, question="For which class?")
        later = MONDAY + timedelta(days=2)

        case = desk.release(held.pk, office.reviewer, at=later)

        assert (case.state, case.clock_left) == ("submitted", None)
        assert case.due_at == later + timedelta(days=1)  # all of its eight hours were left


class TestHandingOver:
    def test_to_a_named_official(self, office, held):
        due = held.due_at

        case = desk.hand_over(held.pk, office.reviewer, at=MONDAY, to=office.reviewer2, note="your subject")

        assert (case.state, case.official, case.holder, case.due_at) == (
            "submitted",
            office.reviewer2,
            None,
            due,
        )
        letter = Letter.objects.get(key__startswith=f"case.{case.pk}.handed_over")
        assert (letter.to, "your subject" in letter.text) == (office.reviewer2.email, True)

    def test_to_whoever_has_a_duty(self, office, held):
        office.technician  # noqa: B018

        case = desk.hand_over(held.pk, office.reviewer, at=MONDAY, to=DutyKind.TECHNICIAN)

        assert (case.duty, case.official) == ("technician", office.technician)

    def test_not_to_a_duty_that_nobody_has_who_could_answer_it(self, office):
        office.charge(office.student, DutyKind.TECHNICIAN)
        case = desk.claim(office.asks().pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="Nobody there") as raised:
            desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=DutyKind.TECHNICIAN)

        assert raised.value.field == "to"
        case.refresh_from_db()
        assert (case.state, case.duty, case.holder) == ("in_review", "reviewer", office.reviewer)

    @pytest.mark.parametrize("duty", [DutyKind.COUNSELOR, DutyKind.APPEAL_OFFICER, DutyKind.AUDITOR])
    def test_not_to_a_duty_that_does_not_answer_it(self, office, held, duty):
        with pytest.raises(desk.Incomplete, match="cannot go there"):
            desk.hand_over(held.pk, office.reviewer, at=MONDAY, to=duty)

    @pytest.mark.parametrize("name", ["teacher", "student", "administrator", "appeal_officer"])
    def test_not_to_somebody_who_cannot_answer_it(self, office, held, name):
        with pytest.raises(desk.Incomplete, match="cannot answer"):
            desk.hand_over(held.pk, office.reviewer, at=MONDAY, to=office.person(name))

    def test_not_to_whoever_asked(self, office):
        case = office.asks(by="reviewer2")
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Incomplete):
            desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=office.reviewer2)

    def test_a_private_request_goes_to_counselors_alone(self, office):
        case = office.asks_alone()
        desk.claim(case.pk, office.counselor, at=MONDAY)

        with pytest.raises(desk.Incomplete):
            desk.hand_over(case.pk, office.counselor, at=MONDAY, to=DutyKind.REVIEWER)
        case = desk.hand_over(case.pk, office.counselor, at=MONDAY, to=office.counselor2)
        assert case.official == office.counselor2

    def test_a_resource_can_go_to_the_technical_review_first(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher", title="Slide rule")
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        case = desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=office.technical_reviewer)

        assert (case.duty, case.official) == ("technical_reviewer", office.technical_reviewer)


def test_no_question_that_nobody_can_answer(office):
    office.reviewer  # noqa: B018
    asking = replace(office.asking(), asker=None, subject="cart-7", ticket="event-1")
    case = desk.claim(desk.submit(asking, at=MONDAY).pk, office.reviewer, at=MONDAY)

    with pytest.raises(desk.Forbidden, match="stand still"):
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which class?")
