"""What the law forbids is not approved, even where no code of ours is in the way (S83)."""

import pytest

from past_the_desk import decision, refused
from proxy.console.review import desk
from proxy.console.review.models import Opening
from proxy.console.review.states import Kind, Listing
from review_office import MONDAY, NOTHING_SEEN, seen

CLEAN = NOTHING_SEEN.as_plain()
HARMFUL = seen(harmful_to_minors="a film").as_plain()


@pytest.mark.parametrize("checklist", [{}, {**CLEAN, "obscene": {"answer": None}}, {**CLEAN, "obscene": {}}])
def test_the_questions_are_answered_before_any_decision(office, checklist):
    refused("questions of the law", decision, office.asks(), office.reviewer, checklist=checklist)


@pytest.mark.parametrize("question", ["obscene", "child_pornography"])
def test_what_it_forbids_is_not_approved(office, question):
    answers = seen(**{question: "pictures"}).as_plain()
    case = office.asks()

    refused("law forbids", decision, case, office.reviewer, outcome="approved", checklist=answers)
    assert decision(case, office.reviewer, outcome="denied", checklist=answers)


def test_nor_by_who_answers_later(office):
    case = office.asks()
    answers = seen(obscene="pictures").as_plain()
    decision(case, office.reviewer, stage="instructional", outcome="endorsed", checklist=answers)

    refused("as a correction alone", decision, case, office.reviewer2, outcome="approved")


def test_a_broken_filter_raises_no_question(office):
    case = office.asks(kind=Kind.NOT_WORKING)

    assert decision(case, office.technician, outcome="approved", checklist={})


class TestHarmfulToMinors:
    def opening(self, made, **fields):
        given = {"action": "allow", "host": "physics.example", "purpose": "p", **fields}
        return Opening.objects.create(case=made.case, decision=made, **given)

    @pytest.mark.parametrize(
        "audience",
        [
            {"classes": ["cls-7b"]},
            {"grades": ["12"]},
            {"schools": ["valley-high"]},
            {"subjects": ["id-student"]},
            {"subjects": ["id-teacher", "a-device"]},
            {"groups": ["staff"], "schools": ["valley-high"]},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("action", ["allow", "listed"])
    def test_it_opens_for_no_student(self, office, audience, action):
        office.teacher  # noqa: B018  (the roster has them)
        made = decision(office.asks(), office.reviewer, outcome="approved", checklist=HARMFUL)

        refused("harmful to minors", self.opening, made, audience=audience, action=action)

    def test_it_opens_for_people_who_are_grown_up(self, office):
        made = decision(office.asks(by="teacher"), office.reviewer, outcome="approved", checklist=HARMFUL)

        assert self.opening(made, audience={"subjects": ["id-teacher"], "classes": [], "groups": ["staff"]})

    def test_a_yes_that_somebody_else_gave_counts(self, office):
        office.appeal_officer  # noqa: B018
        case = office.asks()
        wrong = {"listing": Listing.CORRECTION.value, "checklist": HARMFUL}
        decision(case, office.reviewer2, "instructional", "endorsed", **wrong)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="it is for class")
        made = decision(case, office.appeal_officer, stage="appeal", outcome="overturned")

        refused("harmful to minors", self.opening, made, audience={"schools": ["valley-high"]})

    def test_a_yes_is_a_reason_to_block(self, office):
        case = office.asks(kind=Kind.SHOULD_BLOCK, audience={})
        made = decision(case, office.reviewer, outcome="approved", checklist=HARMFUL)

        assert self.opening(made, audience={"schools": ["valley-high"]}, action="block")

    def test_without_a_yes_it_opens(self, office):
        made = decision(office.asks(), office.reviewer, outcome="approved")

        assert self.opening(made, audience={"schools": ["valley-high"]})

    def test_the_last_signer_of_a_correction_has_found_nothing(self, office):
        case = office.asks()
        wrong = {"listing": Listing.CORRECTION.value}
        decision(case, office.reviewer, "instructional", "endorsed", checklist=HARMFUL, **wrong)
        last = {"stage": "technical", "outcome": "approved", "second": office.reviewer, **wrong}

        refused("law forbids", decision, case, office.technician, checklist=HARMFUL, **last)
        made = decision(case, office.technician, **last)
        assert self.opening(made, action="correction", category="games")
