"""One's own requests: where they stand, and what can be done about them. Nobody sees anybody else's."""

from datetime import timedelta

import pytest
from django.test import Client

from console_people import logged_in
from proxy.console.review import clockwork, desk
from proxy.console.review.models import Appeal, Case
from proxy.console.site import clock
from review_office import MONDAY, NOTHING_SEEN


def text_of(answer):
    return answer.content.decode()


class TestTheList:
    def test_it_has_ones_own_requests_and_nobody_elses(self, office):
        mine, theirs = office.asks("mine.example"), office.asks("theirs.example", by="student2")
        text = text_of(logged_in(office.student).get("/mine/"))
        assert f"/mine/{mine.pk}/" in text
        assert f"/mine/{theirs.pk}/" not in text
        assert "Waiting for a reviewer" in text
        assert "Answer due" in text
        assert "Who has it: Reviewer" in text

    def test_of_a_private_one_it_says_who_reads_it(self, office):
        case = office.asks_alone()
        browser = logged_in(office.student)
        assert "Only the counselor reads this request." in text_of(browser.get("/mine/"))
        desk.claim(case.pk, office.counselor, at=MONDAY)
        desk.deny(case.pk, office.counselor, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        office.appeal_officer  # noqa: B018
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="I need it")
        for path in ("/mine/", f"/mine/{case.pk}/"):
            text = text_of(browser.get(path))
            assert "Only the counselor and the appeal officer read this request." in text
            assert "Only the counselor reads this request." not in text

    def test_without_requests_it_says_so(self, office):
        assert "You have not asked for anything yet" in text_of(logged_in(office.student).get("/mine/"))

    def test_requests_that_name_a_teacher_come_in_pages_of_their_own(self, office, with_console):
        with_console(requests_per_day=100)
        cases = [office.asks(f"s{n}.example", by=f"student{n}", teacher=office.teacher) for n in range(21)]
        own = [office.asks(f"t{n}.example", by="teacher") for n in range(21)]
        browser = logged_in(office.teacher)
        first, second = (text_of(browser.get(path)) for path in ("/mine/", "/mine/?named=2&page=2"))
        for oldest in (cases[0], own[0]):
            assert f"/mine/{oldest.pk}/" not in first
            assert f"/mine/{oldest.pk}/" in second
        assert '<a class="button quiet" rel="next" href="?named=2">' in first
        assert '<a class="button quiet" rel="prev" href="?page=2&amp;named=1">' in second
        assert '<a class="button quiet" rel="prev" href="?named=2&amp;page=1">' in second
        assert 'aria-label="Pages of requests that name you"' in second
        assert "Requests of students that name you" not in text_of(logged_in(office.student0).get("/mine/"))

    def test_it_comes_in_pages(self, office, with_console):
        with_console(requests_per_day=100)
        for n in range(21):
            office.asks(f"site{n}.example")
        browser = logged_in(office.student)
        assert text_of(browser.get("/mine/")).count('<li class="waiting">') == 20
        second = text_of(browser.get("/mine/?page=2"))
        assert "site0.example" in second
        assert text_of(browser.get("/mine/?page=nonsense")).count('<li class="waiting">') == 20

    def test_a_teacher_sees_requests_that_name_them(self, office):
        case = office.asks(teacher=office.teacher)
        text = text_of(logged_in(office.teacher).get("/mine/"))
        assert "Requests of students that name you" in text
        assert f"/mine/{case.pk}/" in text


class TestOneRequest:
    def test_it_says_where_it_stands_and_who_has_it(self, office):
        case = office.asks()
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        for words in (
            "physics.example",
            "Waiting for a reviewer",
            "Reviewer (Reviewer)",
            "a lesson on optics",
            "(in ",
        ):
            assert words in text

    @pytest.mark.parametrize("path", ["", "answer", "appeal"])
    def test_somebody_elses_does_not_exist(self, office, path):
        case = office.denied()
        browser = logged_in(office.student2)
        assert browser.get(f"/mine/{case.pk}/{path}").status_code == 404
        assert browser.get("/mine/99999/").status_code == 404

    def test_nothing_of_somebody_elses_can_be_changed(self, office):
        case = office.denied()
        browser = logged_in(office.student2)
        for path, sent in (("withdraw", {}), ("appeal", {"grounds": "mine"}), ("answer", {"answer": "yes"})):
            assert browser.post(f"/mine/{case.pk}/{path}", sent).status_code == 404
        assert Case.objects.get().state == "denied"

    def test_what_others_asked_stays_with_staff(self, office):
        case = office.asks(purpose="for my sister")
        office.asks(by="student2", purpose="for a poster")
        text = text_of(logged_in(office.student2).get(f"/mine/{case.pk}/"))
        assert "for a poster" in text
        assert "sister" not in text
        assert "Student<" not in text

    def test_what_staff_say_to_each_other_stays_with_staff(self, office):
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=office.reviewer2, note="I know the family")
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        assert "I know the family" not in text

    def test_a_denial_comes_with_its_reason_and_the_time_to_appeal(self, office):
        case = office.denied()
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        for words in (
            "Not approved",
            "not for class",
            "You can appeal",
            "until the end of Monday 14 December 2026",
        ):
            assert words in text

    def test_what_was_opened_is_said(self, office):
        case = office.approved()
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        assert "Being opened, not open yet:" in text  # no policy is in force here
        assert "physics.example (the whole site)" in text
        later = office.approved(host="maths.example", begins=MONDAY + timedelta(days=1))
        assert "Opens later:" in text_of(logged_in(office.student).get(f"/mine/{later.pk}/"))
        clock.set_to(MONDAY + timedelta(days=8))
        assert "opened, not" not in text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))

    @pytest.mark.parametrize("upper", [True, False])
    def test_an_answer_that_is_late_was_passed_on_where_there_is_a_next_official(self, office, upper):
        case = office.asks()
        if upper:
            office.reviewer2  # noqa: B018
        clockwork.escalate(case.due_at)
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        assert ("The answer is late. It was passed on to the next person in charge;" in text) is upper
        assert ("The answer is late; you need not ask again." in text) is not upper

    def test_hostile_text_stays_text(self, office):
        case = office.asks(purpose="<script>alert(1)</script>", course="<img src=x onerror=alert(1)>")
        text = text_of(logged_in(office.student).get(f"/mine/{case.pk}/"))
        assert "<script>alert" not in text
        assert "<img" not in text

    def test_it_is_kept_by_no_cache(self, office):
        case = office.asks()
        assert logged_in(office.student).get(f"/mine/{case.pk}/")["Cache-Control"] == "no-store"


class TestAQuestion:
    @pytest.fixture
    def asked(self, office):
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        return desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which unit is it for?")

    def test_it_is_answered(self, office, asked):
        browser = logged_in(office.student)
        assert "Which unit is it for?" in text_of(browser.get(f"/mine/{asked.pk}/"))
        sent = browser.post(f"/mine/{asked.pk}/answer", {"answer": "Optics"}, follow=True)
        assert "Your answer was sent." in text_of(sent)
        assert Case.objects.get().state == "in_review"

    def test_an_empty_answer_is_none(self, office, asked):
        sent = logged_in(office.student).post(f"/mine/{asked.pk}/answer", {"answer": " "})
        assert sent.status_code == 400
        assert Case.objects.get().state == "needs_answer"

    def test_no_question_no_answer(self, office):
        case = office.asks()
        sent = logged_in(office.student).post(f"/mine/{case.pk}/answer", {"answer": "Optics"})
        assert sent.status_code == 400
        assert "There is no question to answer." in text_of(sent)


class TestAnAppeal:
    def test_it_is_put_in_once(self, office):
        office.appeal_officer  # noqa: B018
        case, browser = office.denied(), logged_in(office.student)
        sent = browser.post(f"/mine/{case.pk}/appeal", {"grounds": "It is for class"}, follow=True)
        assert "Your appeal was received." in text_of(sent)
        again = browser.post(f"/mine/{case.pk}/appeal", {"grounds": "Once more"})
        assert again.status_code == 400
        assert [appeal.grounds for appeal in Appeal.objects.all()] == ["It is for class"]

    def test_it_needs_grounds(self, office):
        case = office.denied()
        sent = logged_in(office.student).post(f"/mine/{case.pk}/appeal", {"grounds": ""})
        assert sent.status_code == 400
        assert not Appeal.objects.exists()

    def test_after_its_time_it_is_not_offered(self, office):
        case = office.denied()
        clock.set_to(MONDAY + timedelta(days=30))
        browser = logged_in(office.student)
        assert "You can appeal" not in text_of(browser.get(f"/mine/{case.pk}/"))
        assert browser.post(f"/mine/{case.pk}/appeal", {"grounds": "Late"}).status_code == 400
        assert not Appeal.objects.exists()

    def test_the_teacher_named_can_appeal(self, office):
        office.appeal_officer  # noqa: B018
        case = office.denied(teacher=office.teacher)
        logged_in(office.teacher).post(f"/mine/{case.pk}/appeal", {"grounds": "We need it"})
        assert Appeal.objects.get().by == office.teacher

    @pytest.mark.parametrize("part", ["asker", "teacher"])
    def test_who_recorded_one_for_a_guardian_has_their_own_here(self, office, part):
        office.appeal_officer  # noqa: B018
        if part == "asker":
            office.asks(by="reviewer2")
        case = office.denied(teacher=office.reviewer2 if part == "teacher" else None)
        browser = logged_in(office.reviewer2)
        browser.post(f"/guardian/{case.pk}/", {"guardian": "Ana Ruiz", "grounds": "she needs it"})
        link = f'href="/guardian/{case.pk}/">Take the guardian'
        assert link in text_of(browser.get(f"/mine/{case.pk}/"))
        browser.post(f"/guardian/{case.pk}/withdraw", {"reason": "a mistake"})
        assert "You can appeal" in text_of(browser.get(f"/mine/{case.pk}/"))
        browser.post(f"/mine/{case.pk}/appeal", {"grounds": "mine"})
        assert "Take the appeal back" in text_of(browser.get(f"/mine/{case.pk}/"))


class TestTakingBack:
    def test_the_teacher_named_reads_it_no_more(self, office):
        case = office.asks(teacher=office.teacher)
        browser = logged_in(office.teacher)
        assert browser.get(f"/mine/{case.pk}/").status_code == 200
        desk.withdraw(case.pk, office.student, at=MONDAY)

        assert browser.get(f"/mine/{case.pk}/").status_code == 404
        assert f"/mine/{case.pk}/" not in text_of(browser.get("/mine/"))

    def test_the_teacher_named_by_two_reads_what_the_other_one_asks(self, office):
        case = office.asks(teacher=office.teacher, purpose="for the first lesson")
        office.asks(by="student2", teacher=office.teacher, purpose="for the second lesson")
        desk.withdraw(case.pk, office.student, at=MONDAY)

        text = text_of(logged_in(office.teacher).get(f"/mine/{case.pk}/"))

        assert "for the second lesson" in text
        assert "for the first lesson" not in text

    def test_a_request_is_taken_back(self, office):
        case = office.asks()
        sent = logged_in(office.student).post(f"/mine/{case.pk}/withdraw", follow=True)
        assert "You have taken your request back." in text_of(sent)
        assert Case.objects.get().state == "withdrawn"

    def test_an_answered_one_is_not(self, office):
        case = office.approved()
        sent = logged_in(office.student).post(f"/mine/{case.pk}/withdraw", follow=True)
        assert "approved it at" in text_of(sent)
        assert Case.objects.get().state == "approved"

    def test_of_two_who_asked_one_takes_the_appeal_back_and_the_other_can_appeal(self, office):
        office.asks(by="student2")
        case = office.appealed()
        browser, other = logged_in(office.student), logged_in(office.student2)
        assert "Take the appeal back" in text_of(browser.get(f"/mine/{case.pk}/"))
        assert "Take the appeal back" not in text_of(other.get(f"/mine/{case.pk}/"))

        sent = browser.post(f"/mine/{case.pk}/appeal/withdraw", follow=True)

        assert "You have taken your appeal back. The request stays denied." in text_of(sent)
        assert "Take the request back" not in text_of(sent)
        assert "You can appeal" not in text_of(sent)
        theirs = text_of(other.get(f"/mine/{case.pk}/"))
        assert "You can appeal" in theirs
        assert "until the end of Monday 14 December 2026" in theirs
        assert "Appeal taken back" in theirs
        assert office.student.name not in theirs.replace(office.student2.name, "")

    def test_an_appeal_of_somebody_else_is_not_taken_back(self, office):
        office.asks(by="student2")
        case = office.appealed()
        sent = logged_in(office.student2).post(f"/mine/{case.pk}/appeal/withdraw", follow=True)
        assert "Only whoever put the appeal in can take it back." in text_of(sent)
        assert Case.objects.get().state == "appealed"

    @pytest.mark.parametrize("what", ["withdraw", "appeal/withdraw"])
    def test_looking_at_the_address_takes_nothing_back(self, office, what):
        case = office.asks()
        assert logged_in(office.student).get(f"/mine/{case.pk}/{what}").status_code == 405


def test_strangers_log_in_first(db):
    for path in ("/mine/", "/mine/1/"):
        assert Client().get(path)["Location"].startswith("/account/login/")
