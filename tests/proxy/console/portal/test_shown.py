"""What of a case whoever asked is shown: their part and the answer, not what staff said among themselves."""

from dataclasses import replace
from datetime import timedelta

from proxy.console.portal.shown import naming, own_asking, shown
from proxy.console.review import desk, openings
from proxy.console.review.openings import Stands
from proxy.console.site.config import config, use
from review_office import MONDAY
from written_school import write_school


def of(case, person, at=MONDAY):
    case.refresh_from_db()
    return shown(case, own_asking(person, case), at)


def test_a_case_that_waits(office):
    seen = of(office.asks(), office.student)
    assert (seen.has_it, seen.question, seen.decisions, seen.opened) == ("Reviewer (Reviewer)", "", (), ())
    assert seen.is_waiting
    assert [(told.words, told.note) for told in seen.history] == [("Asked", "a lesson on optics")]


def test_whoever_has_claimed_it_has_it(office):
    case = office.asks()
    office.reviewer2  # noqa: B018
    desk.claim(case.pk, office.reviewer2, at=MONDAY)
    assert of(case, office.student).has_it == "Reviewer2 (Reviewer)"


def test_a_question_and_its_answer_were_said_to_the_asker(office):
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which unit?")
    assert of(case, office.student).question == "Which unit?"
    desk.answer(case.pk, office.student, at=MONDAY, answer="Optics")
    seen = of(case, office.student)
    assert seen.question == ""
    assert [(told.words, told.who, told.note) for told in seen.history] == [
        ("Asked", "", "a lesson on optics"),
        ("Question", "Reviewer", "Which unit?"),
        ("Answer", "", "Optics"),
    ]


def test_whoever_joins_later_reads_from_then_on(office):
    case = office.asks()
    later = MONDAY + timedelta(hours=1)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.ask(case.pk, office.reviewer, at=MONDAY, question="For your sister?")
    desk.answer(case.pk, office.student, at=MONDAY + timedelta(minutes=5), answer="Yes")
    office.asks(by="student2", at=later, purpose="a poster")
    assert [told.note for told in of(case, office.student2).history] == ["a poster"]


def test_what_another_one_answers_stays_with_staff(office):
    case = office.asks()
    office.asks(by="teacher", purpose="a lesson", audience={"subjects": ["id-teacher"]})
    office.asks(by="student2", purpose="a poster")
    for n, (by, words) in enumerate((("teacher", "For period 3"), ("student", "I was in hospital"))):
        desk.claim(case.pk, office.reviewer, at=MONDAY) if n == 0 else None
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="Why?")
        desk.answer(case.pk, office.person(by), at=MONDAY, answer=words)
    told = {
        who: [(each.words, each.who, each.note) for each in of(case, office.person(who)).history[1:]]
        for who in ("student2", "student", "teacher")
    }
    asked = ("Question", "Reviewer", "Why?")
    nothing = ("Answer", "", "")
    assert told == {
        "student2": [asked, nothing, asked, nothing],
        "student": [asked, nothing, asked, ("Answer", "", "I was in hospital")],
        "teacher": [asked, ("Answer", "Teacher", "For period 3"), asked, nothing],
    }


def test_the_teacher_named_reads_what_their_student_answers(office):
    case = office.asks(teacher=office.teacher)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.ask(case.pk, office.reviewer, at=MONDAY, question="Why?")
    desk.answer(case.pk, office.student, at=MONDAY, answer="Optics")
    seen = shown(case, case.askings.get(), MONDAY)
    assert [each.note for each in seen.history] == ["a lesson on optics", "Why?", "Optics"]


def test_who_appeals_for_another_one_is_not_named(office):
    office.appeal_officer  # noqa: B018
    office.asks(by="student2", teacher=office.teacher2)
    office.asks(by="teacher3", audience={"subjects": ["id-teacher3"]})
    case = office.denied(teacher=office.teacher)
    theirs = case.askings.get(asker=office.student2).pk
    for by, of_guardian in (
        ("teacher", {}),
        ("teacher2", {}),
        ("teacher3", {}),
        ("reviewer2", {"guardian": "Ana Ruiz", "asking": theirs}),
    ):
        desk.appeal(case.pk, office.person(by), at=MONDAY, grounds="please", **of_guardian)
        desk.withdraw_appeal(case.pk, office.person(by), at=MONDAY, reason="a mistake")
    named = {
        who: [each.who for each in of(case, office.person(who)).history if each.words.startswith("Appeal")]
        for who in ("student", "student2", "teacher3")
    }
    nobody = ["", ""]
    assert named == {
        "student": [*["Teacher"] * 2, *nobody * 3],
        "student2": [*nobody, *["Teacher2"] * 2, *nobody * 2],
        "teacher3": [*nobody * 2, *["Teacher3"] * 2, *nobody],
    }


def test_an_approval_says_what_is_open_until_it_ends(office):
    case = office.approved()
    seen = of(case, office.student)
    assert [decision.reason for decision in seen.decisions] == ["good for class"]
    assert len(seen.opened) == 1
    assert seen.opened[0].words.startswith("physics.example (the whole site) for ")
    assert of(case, office.student, MONDAY + timedelta(days=7)).opened == ()


def test_it_says_whether_that_is_open_now_or_not_yet_or_later(office, tmp_path):
    before = config()
    school = write_school(tmp_path)
    school.publish()
    use(replace(before, state=school.state))
    try:
        tomorrow = MONDAY + timedelta(days=1)
        now, later = office.approved(), office.approved(host="maths.example", begins=tomorrow)
        assert [of(case, office.student).opened[0].stands for case in (now, later)] == [
            Stands.NOT_YET, Stands.LATER,
        ]  # fmt: skip
        openings.publish_now(MONDAY)
        assert [of(case, office.student).opened[0].stands for case in (now, later)] == [
            Stands.NOW, Stands.LATER,
        ]  # fmt: skip
    finally:
        use(before)


def test_an_appeal_shows_both_answers_the_latest_first(office):
    case = office.appealed()
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    desk.uphold(case.pk, office.appeal_officer, at=MONDAY, reason="It is a game")
    seen = of(case, office.student)
    assert [decision.reason for decision in seen.decisions] == ["It is a game", "not for class"]
    assert not seen.is_waiting


def test_teachers_are_named_in_the_ordinary_lane_alone(office):
    case = office.asks(teacher=office.teacher)
    assert list(naming(office.teacher)) == [case]
    office.asks_alone(host="help.example", teacher=office.teacher)
    assert list(naming(office.teacher)) == [case]
