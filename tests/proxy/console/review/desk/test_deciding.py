"""A case is approved as asked or narrower, denied with a reason, or signed by the first of two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Listing, Outcome, Reach, Stage, State
from review_office import MONDAY, NOTHING_SEEN, SCHOOL, seen


def approve(office, case, by=None, **fields):
    given = {"reason": "good for class", "checklist": NOTHING_SEEN, "opening": desk.as_asked(case), **fields}
    return desk.approve(case.pk, by or office.reviewer, at=MONDAY, **given)


@pytest.fixture
def claimed(office):
    def claim(by="reviewer", **fields):
        case = office.asks(**fields)
        return desk.claim(case.pk, office.person(by), at=MONDAY)

    return claim


class TestApproving:
    def test_as_asked_opens_what_was_asked_for(self, office, claimed):
        case = approve(office, claimed())

        opening = case.openings.get()
        assert case.state == State.APPROVED.value
        assert (opening.action, opening.host, opening.path, opening.audience, opening.ends) == (
            "allow", "physics.example", "/", {"subjects": ["id-student"]}, MONDAY + timedelta(days=7),
        )  # fmt: skip
        assert case.decisions.get().outcome == Outcome.APPROVED.value
        assert (case.duty, case.due_at, case.holder, case.join_key) == ("", None, None, None)

    def test_its_move_and_its_record_are_kept_with_it(self, office, claimed):
        case = approve(office, claimed())

        assert [(m.step, m.before, m.after) for m in case.moves.order_by("pk")] == [
            ("", "", "submitted"),
            ("claim", "submitted", "in_review"),
            ("approve", "in_review", "approved"),
        ]
        records = AuditRecord.objects.filter(about=f"case:{case.pk}").order_by("number")
        assert [record.action for record in records] == ["case.submit", "case.claim", "case.approve"]
        assert records[2].actor == f"person:{office.reviewer.pk}"
        assert "good for class" not in records[2].detail

    def test_narrower_is_called_narrowed(self, office, claimed):
        case = claimed()
        asked = desk.as_asked(case)

        case = approve(office, case, opening=replace(asked, reach=Reach.PATH, path="/labs"))

        assert case.decisions.get().outcome == Outcome.NARROWED.value
        assert (case.openings.get().path, case.openings.get().exact) == ("/labs", False)

    @pytest.mark.parametrize(
        "wider",
        [
            pytest.param({"audience": {"schools": (SCHOOL,)}}, id="for more people"),
            pytest.param({"ends": MONDAY + timedelta(days=8)}, id="for longer"),
            pytest.param({"ends": None}, id="without an end"),
            pytest.param({"host": "other.example"}, id="another site"),
            pytest.param({"audience": {}}, id="for nobody"),
            pytest.param({"ends": MONDAY}, id="for a time that has passed"),
        ],
    )
    def test_wider_than_asked_is_refused_and_nothing_changes(self, office, claimed, wider):
        case = claimed()

        with pytest.raises(desk.Incomplete):
            approve(office, case, opening=replace(desk.as_asked(case), **wider))

        case.refresh_from_db()
        assert (case.state, case.decisions.count(), case.openings.count()) == ("in_review", 0, 0)

    def test_the_whole_site_is_wider_than_a_page(self, office, claimed):
        case = claimed(reach=Reach.PAGE, path="/labs/optics")

        with pytest.raises(desk.Incomplete, match="more than"):
            approve(
                office,
                case,
                opening=Opened(case.host, audience=desk.as_asked(case).audience, ends=MONDAY + timedelta(1)),
            )

    def test_one_pupil_of_the_class_that_was_asked_for_is_narrower(self, office, claimed):
        office.school_class("7b", ["student"])
        case = claimed(audience={"classes": ["7b"]})

        case = approve(
            office, case, opening=replace(desk.as_asked(case), audience={"subjects": ("id-student",)})
        )

        assert case.openings.get().audience == {"subjects": ["id-student"]}

    def test_one_without_an_end_is_looked_at_again_in_a_year(self, office, claimed):
        case = approve(office, claimed(lasts=Lasts.STANDING.value))

        assert case.openings.get().ends is None
        assert str(case.openings.get().review_on) == "2027-11-30"

    def test_a_reason_is_required(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Incomplete) as raised:
            approve(office, case, reason="  ")

        assert raised.value.field == "reason"

    def test_whoever_asked_is_told_the_reason(self, office, claimed):
        case = approve(office, claimed())

        letter = Letter.objects.get(key=f"case.{case.pk}.approved/{office.student.pk}")
        assert "good for class" in letter.text
        assert "student" not in letter.subject.lower()

    def test_a_filter_that_is_mended_opens_nothing(self, office):
        case = office.asks(kind=Kind.NOT_WORKING, host="", audience={})
        desk.claim(case.pk, office.technician, at=MONDAY)

        case = approve(office, case, by=office.technician, checklist=None, opening=None)

        assert (case.state, case.openings.count()) == ("approved", 0)

    def test_what_should_be_blocked_is_blocked_for_whom_the_decider_says(self, office, claimed):
        case = claimed(kind=Kind.SHOULD_BLOCK, audience={}, ends=None)

        case = approve(office, case, opening=Opened(case.host, audience={"groups": ("middle",)}))

        assert (case.openings.get().action, case.openings.get().audience) == ("block", {"groups": ["middle"]})


class TestLaw:
    def test_nothing_is_decided_before_the_three_questions_are_answered(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Incomplete, match="three questions"):
            approve(office, case, checklist=None)
        with pytest.raises(desk.Incomplete, match="three questions"):
            desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no")

    @pytest.mark.parametrize("question", ["obscene", "child_pornography", "harmful_to_minors"])
    def test_a_yes_keeps_it_closed_to_a_student(self, office, claimed, question):
        case = claimed()

        with pytest.raises(desk.Incomplete, match="CIPA"):
            approve(office, case, checklist=seen(**{question: "pictures"}))

    def test_what_is_harmful_to_minors_can_be_opened_to_a_teacher_alone(self, office, claimed):
        case = approve(office, _teacher_case(office), checklist=seen(harmful_to_minors="nudes in art"))

        assert case.state == "approved"

    def test_a_yes_does_not_keep_a_denial_from_being_made(self, office, claimed):
        case = claimed()

        case = desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=seen(obscene="pictures"))

        assert case.decisions.get().checklist["obscene"] == {"answer": True, "note": "pictures"}


def _teacher_case(office):
    case = office.asks(by="teacher")
    return desk.claim(case.pk, office.reviewer, at=MONDAY)


class TestCorrection:
    def test_it_takes_a_reviewer_and_a_technician(self, office, claimed):
        case = claimed()
        signed = {
            "at": MONDAY,
            "reason": "a clinic",
            "checklist": NOTHING_SEEN,
            "listing": Listing.CORRECTION,
        }

        with pytest.raises(desk.Forbidden, match="two signatures"):
            desk.approve(case.pk, office.reviewer, **signed)
        case = desk.endorse(case.pk, office.reviewer, **signed)
        assert (case.state, case.duty) == ("submitted", "technician")
        desk.claim(case.pk, office.technician, at=MONDAY)
        case = desk.approve(case.pk, office.technician, **signed)

        decision = case.decisions.get(outcome="approved")
        assert (decision.decider, decision.second, decision.stage) == (
            office.technician, office.reviewer, Stage.TECHNICAL.value,
        )  # fmt: skip
        assert (case.openings.get().action, case.openings.get().category) == ("correction", "games")

    def test_both_sign_the_same_category(self, office, claimed):
        case = claimed(category="")
        signed = {"at": MONDAY, "reason": "x", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
        with pytest.raises(desk.Incomplete, match="which category"):
            desk.endorse(case.pk, office.reviewer, **signed)
        desk.endorse(case.pk, office.reviewer, category="games", **signed)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="another correction"):
            desk.approve(case.pk, office.technician, category="pornography", **signed)
        assert desk.approve(case.pk, office.technician, **signed).openings.get().category == "games"

    def test_one_person_with_both_duties_is_not_two(self, office, claimed):
        office.charge(office.reviewer, DutyKind.TECHNICIAN)
        case = claimed()
        desk.endorse(
            case.pk,
            office.reviewer,
            at=MONDAY,
            reason="a clinic",
            checklist=NOTHING_SEEN,
            listing=Listing.CORRECTION,
        )

        with pytest.raises(desk.Forbidden, match="somebody else"):
            desk.claim(case.pk, office.reviewer, at=MONDAY)

    def test_the_last_signer_has_found_nothing_of_the_three(self, office, claimed):
        case = claimed()
        wrong = {"at": MONDAY, "reason": "so listed", "listing": Listing.CORRECTION}
        desk.endorse(case.pk, office.reviewer, checklist=seen(obscene="as the list says"), **wrong)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="not wrong"):
            desk.approve(case.pk, office.technician, checklist=seen(obscene="it is"), **wrong)

    def test_a_technician_makes_no_exception_and_no_denial(self, office, claimed):
        case = claimed()
        desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=DutyKind.TECHNICIAN)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="reviewer's to make"):
            approve(office, case, by=office.technician)
        with pytest.raises(desk.Forbidden, match="hand it back"):
            desk.deny(case.pk, office.technician, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    def test_a_private_request_is_shown_to_no_technician(self, office):
        case = office.asks_alone()
        desk.claim(case.pk, office.counselor, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="must not see"):
            desk.endorse(
                case.pk,
                office.counselor,
                at=MONDAY,
                reason="x",
                checklist=NOTHING_SEEN,
                listing=Listing.CORRECTION,
            )


class TestResource:
    def test_both_reviews_are_needed_by_two_people(self, office):
        office.charge(office.technical_reviewer, DutyKind.REVIEWER)
        case = office.asks(kind=Kind.RESOURCE, by="teacher", host="", title="Slide rule", lasts="standing")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="two signatures"):
            approve(office, case)
        case = desk.endorse(
            case.pk, office.reviewer, at=MONDAY, reason="fits the course", checklist=NOTHING_SEEN
        )
        assert case.duty == "technical_reviewer"
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)

        case = approve(office, case, by=office.technical_reviewer)

        assert sorted(case.decisions.values_list("stage", "outcome")) == [
            ("instructional", "endorsed"),
            ("technical", "approved"),
        ]
        assert (case.openings.get().action, case.openings.get().host) == ("listed", "")

    def test_the_technical_review_alone_can_deny(self, office):
        office.technical_reviewer  # noqa: B018
        case = office.asks(kind=Kind.RESOURCE, by="teacher", title="Slide rule")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)

        case = desk.deny(
            case.pk, office.technical_reviewer, at=MONDAY, reason="a risk", checklist=NOTHING_SEEN
        )

        assert case.state == "denied"

    def test_an_unblock_needs_no_second_signature(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Forbidden, match="one person"):
            desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="x", checklist=NOTHING_SEEN)


class TestWhoDecides:
    def test_whoever_asked_does_not_claim_their_own_request(self, office):
        case = office.asks(by="reviewer2")

        with pytest.raises(desk.Forbidden, match="You asked for this yourself"):
            desk.claim(case.pk, office.reviewer2, at=MONDAY)

    def test_only_the_holder_decides(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Forbidden):
            approve(office, case, by=office.reviewer2)

    @pytest.mark.parametrize("name", ["teacher", "administrator", "auditor", "counselor", "student2"])
    def test_others_do_not_claim(self, office, name):
        case = office.asks()

        with pytest.raises(desk.Forbidden):
            desk.claim(case.pk, office.person(name), at=MONDAY)

    def test_a_second_claimer_is_told_who_was_faster(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Overtaken, match="Reviewer claimed it at 9") as raised:
            desk.claim(case.pk, office.reviewer2, at=MONDAY)

        assert raised.value.move.by == office.reviewer

    def test_askers_do_not_learn_each_others_names(self, office, claimed):
        case = claimed()
        office.asks(by="student2")
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="which class?")
        desk.answer(case.pk, office.student2, at=MONDAY, answer="7b")

        with pytest.raises(desk.Overtaken, match="Somebody answered") as raised:
            desk.answer(case.pk, office.student, at=MONDAY, answer="7b")
        assert "Student2" not in str(raised.value)

    def test_a_page_that_is_out_of_date_decides_nothing(self, office, claimed):
        case = claimed()
        on_screen = case.moves.order_by("pk").last().pk
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="which class?")
        desk.answer(case.pk, office.student, at=MONDAY, answer="7b")

        with pytest.raises(desk.Overtaken):
            approve(office, case, seen=on_screen)
