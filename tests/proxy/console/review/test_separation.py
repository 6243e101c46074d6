"""Whoever had a part in a case does not answer it, or its appeal."""

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.separation import signed_first, why_not_appeal, why_not_review
from proxy.console.review.states import Kind, Listing
from review_office import MONDAY, NOTHING_SEEN


def test_whoever_asked_does_not_answer(office):
    case = office.asks(by="reviewer2")

    assert "asked for this yourself" in why_not_review(office.reviewer2, case)
    assert why_not_review(office.reviewer, case) is None


def test_nor_whoever_asked_by_a_ticket_alone(office):
    case = office.asks(asker=None, subject="id-reviewer2", ticket="event-1")

    assert "asked for this yourself" in why_not_review(office.reviewer2, case)


def test_nor_whoever_withdrew(office):
    case = office.asks()
    office.asks(by="reviewer2")
    desk.withdraw(case.pk, office.reviewer2, at=MONDAY)

    assert "asked for this yourself" in why_not_review(office.reviewer2, case)


def test_the_first_of_two_is_not_the_second(office):
    office.technical_reviewer  # noqa: B018
    office.charge(office.reviewer, DutyKind.TECHNICAL_REVIEWER)
    case = office.asks(kind=Kind.RESOURCE, by="teacher", title="Slide rule")
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    case = desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)

    assert "first of two" in why_not_review(office.reviewer, case)
    assert why_not_review(office.technical_reviewer, case) is None


def test_a_technician_who_does_not_agree_sends_it_back_to_whoever_signed(office):
    office.technician  # noqa: B018
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    signed = {"reason": "x", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
    desk.endorse(case.pk, office.reviewer, at=MONDAY, **signed)
    desk.claim(case.pk, office.technician, at=MONDAY)
    case = desk.hand_over(case.pk, office.technician, at=MONDAY, to=DutyKind.REVIEWER, note="it is right")

    assert why_not_review(office.reviewer, case) is None
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    case = desk.deny(case.pk, office.reviewer, at=MONDAY, reason="so be it", checklist=NOTHING_SEEN)
    assert case.state == "denied"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("student", "asked for this yourself"),
        ("teacher", "put in this appeal"),
        ("reviewer", "decided on this request first"),
        ("reviewer2", "had claimed this request"),
        ("reviewer3", None),
        ("appeal_officer", None),
    ],
)
def test_an_appeal_is_answered_by_somebody_without_a_part(office, name, words):
    case = office.asks(teacher=office.teacher)
    desk.claim(case.pk, office.reviewer2, at=MONDAY)
    desk.release(case.pk, office.reviewer2, at=MONDAY)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
    case = desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")

    why = why_not_appeal(office.person(name), case)

    assert (why is None) if words is None else (why is not None and words in why)


def test_the_first_of_two_answers_an_appeal_that_the_second_returned(office):
    office.technician  # noqa: B018
    case = office.appealed()
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    signed = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
    case = desk.endorse_appeal(case.pk, office.appeal_officer, **signed)
    assert signed_first(case).decider == office.appeal_officer
    assert "signed this appeal" in why_not_appeal(office.appeal_officer, case)

    desk.claim_appeal(case.pk, office.technician, at=MONDAY)
    case = desk.return_appeal(case.pk, office.technician, at=MONDAY, reason="the list is right")

    assert signed_first(case) is None
    assert why_not_appeal(office.appeal_officer, case) is None
    assert "decided on this request first" in why_not_appeal(office.reviewer, case)
    assert "returned this appeal" in why_not_appeal(office.technician, case)


def test_who_took_an_appeal_back_does_not_answer_the_next_one(office):
    office.asks(by="student2")
    case = office.denied(teacher=office.teacher)
    desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")
    desk.withdraw_appeal(case.pk, office.teacher, at=MONDAY)
    case = desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine")

    assert "put in this appeal" in why_not_appeal(office.teacher, case)


def test_to_have_held_an_appeal_keeps_nobody_from_it(office):
    case = office.appealed()
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    case = desk.release_appeal(case.pk, office.appeal_officer, at=MONDAY)

    assert why_not_appeal(office.appeal_officer, case) is None
