import pytest

from proxy.console.review import desk, visibility
from proxy.console.review.answering import Answer, Given, choice, give
from proxy.console.review.states import Kind, Listing, State
from proxy.console.review.workflow import steps_from
from review_office import MONDAY, NOTHING_SEEN

ON = MONDAY.date()


def choice_of(case, person):
    case.refresh_from_db()
    steps = frozenset(steps_from(State(case.state), visibility.parts_of(person, case, ON)))
    opened = desk.as_asked(case) if case.host else None
    return choice(case, steps, list(case.decisions.order_by("id")), opened, ON)


def answers(case, person):
    return set(choice_of(case, person).answers)


def barred(case, person):
    return {one.answer: one.why for one in choice_of(case, person).impossible}


def given(answer, **more):
    return Given(
        **{
            "answer": answer,
            "reason": "so",
            "checklist": NOTHING_SEEN,
            "opened": None,
            "category": "",
            "seen": None,
        }
        | more
    )


def claimed(office, **fields):
    case = office.asks(**fields)
    return desk.claim(case.pk, office.reviewer, at=MONDAY)


def test_whoever_only_looks_has_no_answers(office):
    case = claimed(office)

    assert answers(case, office.person("reviewer-b")) == set()
    assert answers(case, office.auditor) == set()


def test_a_blocked_page(office):
    office.technician  # noqa: B018
    assert answers(claimed(office), office.reviewer) == {
        Answer.APPROVE,
        Answer.NARROW,
        Answer.CORRECT,
        Answer.DENY,
    }


def test_a_case_with_an_open_question_can_only_be_denied(office):
    case = claimed(office)
    desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which?")

    assert answers(case, office.reviewer) == {Answer.DENY}


def test_a_report_has_no_as_asked(office):
    case = claimed(office, kind=Kind.SHOULD_BLOCK, audience={})

    assert answers(case, office.reviewer) == {Answer.NARROW, Answer.DENY}


def test_a_resource_is_first_signed_then_approved(office):
    office.technical_reviewer  # noqa: B018
    case = claimed(office, kind=Kind.RESOURCE, title="App")
    assert answers(case, office.reviewer) == {Answer.ENDORSE, Answer.DENY}

    give(case, given(Answer.ENDORSE), office.reviewer, MONDAY)
    desk.claim(case.pk, office.technical_reviewer, at=MONDAY)

    assert answers(case, office.technical_reviewer) == {Answer.APPROVE, Answer.NARROW, Answer.DENY}


def test_a_technician_signs_a_correction_and_nothing_else(office):
    office.technician  # noqa: B018
    case = claimed(office, category="games")
    give(case, given(Answer.CORRECT), office.reviewer, MONDAY)
    desk.claim(case.pk, office.technician, at=MONDAY)
    assert answers(case, office.technician) == {Answer.CORRECT}
    assert set(barred(case, office.technician)) == {Answer.APPROVE, Answer.NARROW, Answer.DENY}

    case.refresh_from_db()
    give(case, given(Answer.CORRECT), office.technician, MONDAY)

    decision = case.decisions.get(listing=Listing.CORRECTION.value, outcome="approved")
    assert (decision.second, decision.decider) == (office.reviewer, office.technician)


def test_who_signed_first_waits_for_the_other(office):
    office.technician  # noqa: B018
    case = claimed(office, category="games")
    give(case, given(Answer.CORRECT), office.reviewer, MONDAY)
    desk.claim(case.pk, office.technician, at=MONDAY)
    desk.hand_over(case.pk, office.technician, at=MONDAY, to=office.reviewer, note="not wrong")
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    assert "signed already" in barred(case, office.reviewer)[Answer.CORRECT]
    assert Answer.DENY in answers(case, office.reviewer)


def test_a_private_request_is_no_correction(office):
    case = office.asks_alone()
    desk.claim(case.pk, office.counselor, at=MONDAY)

    assert "nobody but counselors" in barred(case, office.counselor)[Answer.CORRECT]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer.APPROVE, State.APPROVED),
        (Answer.NARROW, State.APPROVED),
        (Answer.DENY, State.CLOSED),
    ],
)
def test_an_appeal(office, answer, state):
    case = office.appealed()
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    case.refresh_from_db()
    assert answer in answers(case, office.appeal_officer)

    done = give(case, given(answer, opened=desk.as_asked(case)), office.appeal_officer, MONDAY)

    assert State(done.state) is state


def test_a_correction_on_appeal_takes_a_technician_too(office):
    office.technician  # noqa: B018
    case = office.appealed(category="games")
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    case.refresh_from_db()
    give(case, given(Answer.CORRECT), office.appeal_officer, MONDAY)
    desk.claim_appeal(case.pk, office.technician, at=MONDAY)
    assert Answer.CORRECT in answers(case, office.technician)

    assert set(barred(case, office.technician)) == {Answer.APPROVE, Answer.NARROW, Answer.DENY}

    done = give(case, given(Answer.CORRECT), office.technician, MONDAY)

    assert State(done.state) is State.APPROVED


def test_what_nobody_could_sign_second_is_not_offered(office):
    first = claimed(office, category="games")
    resource = claimed(office, kind=Kind.RESOURCE, title="App")
    appeal = desk.claim_appeal(office.appealed(host="a.example").pk, office.appeal_officer, at=MONDAY)

    assert "no technician now" in barred(first, office.reviewer)[Answer.CORRECT]
    assert "no technical reviewer now" in barred(resource, office.reviewer)[Answer.ENDORSE]
    assert "no technician now" in barred(appeal, office.appeal_officer)[Answer.CORRECT]
    office.technician, office.technical_reviewer  # noqa: B018
    assert Answer.CORRECT in answers(first, office.reviewer)
    assert Answer.ENDORSE in answers(resource, office.reviewer)
    assert Answer.CORRECT in answers(appeal, office.appeal_officer)


def test_what_the_technician_did_not_sign_is_no_correction_any_more(office):
    office.technician  # noqa: B018
    case = office.appealed(category="games")
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    case.refresh_from_db()
    give(case, given(Answer.CORRECT), office.appeal_officer, MONDAY)
    desk.claim_appeal(case.pk, office.technician, at=MONDAY)
    desk.return_appeal(case.pk, office.technician, at=MONDAY, reason="it is right")
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

    assert answers(case, office.appeal_officer) == {Answer.APPROVE, Answer.NARROW, Answer.DENY}
    assert "No technician signed" in barred(case, office.appeal_officer)[Answer.CORRECT]
    with pytest.raises(desk.Forbidden, match="No technician signed"):
        give(case, given(Answer.CORRECT), office.appeal_officer, MONDAY)
