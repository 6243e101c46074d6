"""A case is approved as asked or narrower, denied with a reason, or signed by the first of two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deciding_desk import approve
from proxy.console.audit.models import AuditRecord
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Outcome, Reach, State
from review_office import MONDAY, NOTHING_SEEN, SCHOOL, seen


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

        assert (case.openings.get().action, case.openings.get().audience) == (
            "block", {"groups": ["middle"], "within": [SCHOOL]},
        )  # fmt: skip


class TestAsItWasShown:
    """An approval as asked opens what stood on the page, or nothing."""

    def test_who_joins_after_the_page_was_read_is_not_opened_unseen(self, office, claimed):
        case = claimed()
        on_screen, opening = desk.offer(case, MONDAY).sign, desk.as_asked(case)
        office.asks(by="teacher", audience={"schools": [SCHOOL]}, lasts="standing")

        for read in (opening, desk.as_asked(case)):
            with pytest.raises(desk.Incomplete, match="Others have asked for the same"):
                approve(office, case, opening=read, sign=on_screen)

        case.refresh_from_db()
        assert (case.state, case.openings.count()) == ("in_review", 0)
        assert approve(office, case, sign=desk.offer(case, MONDAY).sign).state == "approved"

    def test_nor_does_a_time_that_runs_out_meanwhile_become_a_new_one(self, office, claimed):
        case = claimed(ends=MONDAY + timedelta(minutes=5))
        on_screen = desk.offer(case, MONDAY).sign
        later = MONDAY + timedelta(minutes=6)

        assert desk.offer(case, later).sign != on_screen
        assert desk.offer(case, later).sign == desk.offer(case, later + timedelta(minutes=1)).sign
        with pytest.raises(desk.Incomplete, match="another thing now"):
            desk.approve(
                case.pk, office.reviewer, at=later, reason="x", checklist=NOTHING_SEEN,
                opening=desk.grantable(case, later), sign=on_screen,
            )  # fmt: skip

    def test_who_asks_for_what_is_opened_anyway_changes_nothing(self, office, claimed):
        office.school_class("7b", ["student", "student2"])
        whole_class = {"audience": {"classes": ["7b"]}}
        case = claimed(**whole_class)
        on_screen = desk.offer(case, MONDAY).sign
        office.asks(by="student2", **whole_class)

        assert approve(office, case, sign=on_screen).state == "approved"


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
