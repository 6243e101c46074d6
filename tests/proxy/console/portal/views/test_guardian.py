"""A guardian's appeal, which staff write down."""

import pytest
from django.test import Client

from console_people import from_outside, logged_in
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.models import Appeal
from review_office import MONDAY, NOTHING_SEEN

SAID = {"guardian": "Maria Okafor", "grounds": "My daughter needs it for her project"}


@pytest.fixture
def denied(office):
    office.appeal_officer  # noqa: B018
    return office.denied(teacher=office.teacher)


def test_the_teacher_named_records_it(office, denied):
    sent = logged_in(office.teacher).post(f"/guardian/{denied.pk}/", SAID, follow=True)
    appeal = Appeal.objects.get()
    assert (appeal.by, appeal.guardian, appeal.grounds) == (office.teacher, SAID["guardian"], SAID["grounds"])
    assert "The guardian" in sent.content.decode()


def test_staff_who_may_read_the_request_record_it(office, denied):
    logged_in(office.reviewer2).post(f"/guardian/{denied.pk}/", SAID)
    assert Appeal.objects.get().by == office.reviewer2


def test_the_letters_about_it_lead_staff_to_the_request(office, denied):
    browser = logged_in(office.reviewer2)
    assert browser.get(f"/mine/{denied.pk}/").status_code == 404
    browser.post(f"/guardian/{denied.pk}/", SAID)
    letter = Letter.objects.get(key__contains="appeal_received", to=office.reviewer2.email)
    path = next(line for line in letter.text.splitlines() if line.endswith(f"/mine/{denied.pk}/"))
    assert browser.get("/" + path.split("/", 3)[3], follow=True).redirect_chain == [
        (f"/cases/{denied.pk}/", 302)
    ]


def test_in_the_private_lane_the_counselor_does_and_no_appeal_officer(office):
    case = office.asks_alone()
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.deny(case.pk, office.counselor, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
    officer = logged_in(office.appeal_officer)
    desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

    sent = officer.post(f"/guardian/{case.pk}/", SAID)

    assert (sent.status_code, sent.context["form"]) == (400, None)
    assert "This needs somebody with another duty at this school." in sent.content.decode()
    assert not Appeal.objects.exclude(guardian="").exists()
    logged_in(office.counselor2).post(f"/guardian/{case.pk}/", SAID)
    assert Appeal.objects.exclude(guardian="").get().by == office.counselor2


@pytest.mark.parametrize("who", ["student", "student2", "teacher2"])
def test_others_cannot(office, denied, who):
    browser = logged_in(office.person(who))
    assert browser.get(f"/guardian/{denied.pk}/").status_code == 404
    assert browser.post(f"/guardian/{denied.pk}/", SAID).status_code == 404
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("outside", [True, False])
def test_an_auditor_reads_and_appeals_for_nobody(office, denied, outside):
    auditor = from_outside("auditor") if outside else office.person("somebody")
    office.charge(auditor, DutyKind.AUDITOR)
    browser = logged_in(auditor)
    assert browser.get(f"/guardian/{denied.pk}/").context["form"] is None
    browser.post(f"/guardian/{denied.pk}/", SAID)
    assert not Appeal.objects.exists()
    denied.refresh_from_db()
    assert denied.state == "denied"


def test_strangers_log_in_first(denied):
    assert Client().get(f"/guardian/{denied.pk}/")["Location"].startswith("/account/login/")


def test_its_name_and_grounds_are_needed(office, denied):
    answer = logged_in(office.teacher).post(f"/guardian/{denied.pk}/", {"guardian": "", "grounds": ""})
    assert answer.context["form"].errors.keys() == {"guardian", "grounds"}


def test_where_there_is_nothing_to_appeal_it_says_so(office):
    case = office.asks(teacher=office.teacher)
    browser = logged_in(office.teacher)
    assert "It cannot be appealed." in browser.get(f"/guardian/{case.pk}/").content.decode()
    browser.post(f"/guardian/{case.pk}/", SAID)
    assert not Appeal.objects.exists()


class TestSeveralStudents:
    @pytest.fixture
    def denied(self, office):
        office.appeal_officer  # noqa: B018
        office.asks(by="student2", teacher=office.teacher2)
        return office.denied(teacher=office.teacher)

    def offered(self, browser, case):
        form = browser.get(f"/guardian/{case.pk}/").context["form"]
        return [said for _, said in form.fields["asking"].choices[1:]] if "asking" in form.fields else None

    def test_staff_say_which_one(self, office, denied):
        browser = logged_in(office.reviewer2)
        assert self.offered(browser, denied) == [office.student2.name, office.student.name]
        assert browser.post(f"/guardian/{denied.pk}/", SAID).context["form"].errors.keys() == {"asking"}

        asking = denied.askings.get(asker=office.student).pk
        browser.post(f"/guardian/{denied.pk}/", SAID | {"asking": asking})

        assert Appeal.objects.get().asking_id == asking

    def test_who_has_had_theirs_is_not_offered(self, office, denied):
        browser = logged_in(office.reviewer2)
        asking = denied.askings.get(asker=office.student).pk
        browser.post(f"/guardian/{denied.pk}/", SAID | {"asking": asking})
        browser.post(f"/guardian/{denied.pk}/withdraw", {"reason": "a mistake"})

        assert self.offered(browser, denied) == [office.student2.name]

    def test_a_teacher_sees_the_one_who_names_them(self, office, denied):
        browser = logged_in(office.teacher)
        assert self.offered(browser, denied) is None
        page = browser.get(f"/guardian/{denied.pk}/").content.decode()
        assert f"The student is {office.student.name}." in page
        assert office.student2.name not in page


class TestTakingBack:
    WHY = {"reason": "Her mother asked us to"}  # noqa: RUF012

    @pytest.mark.parametrize("who", ["reviewer2", "teacher"])
    def test_whoever_recorded_it_takes_it_back(self, office, denied, who):
        browser = logged_in(office.person(who))
        browser.post(f"/guardian/{denied.pk}/", SAID)
        assert (
            "You recorded the appeal that is heard now."
            in browser.get(f"/guardian/{denied.pk}/").content.decode()
        )

        sent = browser.post(f"/guardian/{denied.pk}/withdraw", self.WHY, follow=True)

        assert "The guardian&#x27;s appeal is taken back." in sent.content.decode()
        assert "the student reads it on their page." in sent.content.decode()
        denied.refresh_from_db()
        assert denied.state == "denied"
        assert sent.context["take_back"] is None

    def test_the_reason_stands_on_the_case_and_not_on_the_students_page(self, office, denied):
        browser = logged_in(office.reviewer2)
        browser.post(f"/guardian/{denied.pk}/", SAID)
        link = f'href="/guardian/{denied.pk}/">Take the guardian'
        assert link in browser.get(f"/cases/{denied.pk}/").content.decode()
        browser.post(f"/guardian/{denied.pk}/withdraw", self.WHY)

        page = browser.get(f"/cases/{denied.pk}/").content.decode()
        assert self.WHY["reason"] in page
        assert link not in page
        theirs = logged_in(office.student).get(f"/mine/{denied.pk}/").content.decode()
        assert "Appeal taken back" in theirs
        assert self.WHY["reason"] not in theirs

    def test_on_their_own_page_a_teacher_is_led_there(self, office, denied):
        browser = logged_in(office.teacher)
        browser.post(f"/guardian/{denied.pk}/", SAID)
        page = browser.get(f"/mine/{denied.pk}/").content.decode()
        assert f'href="/guardian/{denied.pk}/">Take the guardian' in page
        assert "appeal/withdraw" not in page

    def test_a_teacher_who_has_had_their_own_is_still_led_to_record_one(self, office, denied):
        browser, link = logged_in(office.teacher), f'href="/guardian/{denied.pk}/">A parent'
        browser.post(f"/mine/{denied.pk}/appeal", {"grounds": "for class"})
        assert link not in browser.get(f"/mine/{denied.pk}/").content.decode()
        browser.post(f"/mine/{denied.pk}/appeal/withdraw")

        page = browser.get(f"/mine/{denied.pk}/")
        assert page.context["appeal"] is None
        assert link in page.content.decode()
        assert link not in logged_in(office.student).get(f"/mine/{denied.pk}/").content.decode()
        browser.post(f"/guardian/{denied.pk}/", SAID)
        browser.post(f"/guardian/{denied.pk}/withdraw", self.WHY)
        assert link not in browser.get(f"/mine/{denied.pk}/").content.decode()

    def test_without_a_reason_it_stays(self, office, denied):
        browser = logged_in(office.reviewer2)
        browser.post(f"/guardian/{denied.pk}/", SAID)
        sent = browser.post(f"/guardian/{denied.pk}/withdraw", {"reason": " "})
        assert (sent.status_code, sent.context["take_back"].errors.keys()) == (400, {"reason"})
        assert Appeal.objects.get().withdrawn_at is None

    def test_by_nobody_else_and_no_other_appeal(self, office, denied):
        logged_in(office.reviewer2).post(f"/guardian/{denied.pk}/", SAID)
        for who in ("teacher", "technician"):
            page = logged_in(office.person(who))
            assert page.get(f"/guardian/{denied.pk}/").context["take_back"] is None
            page.post(f"/guardian/{denied.pk}/withdraw", self.WHY)
        for who in ("student", "teacher2"):
            sent = logged_in(office.person(who)).post(f"/guardian/{denied.pk}/withdraw", self.WHY)
            assert sent.status_code == 404
        logged_in(office.reviewer2).post(f"/guardian/{denied.pk}/withdraw", self.WHY)
        logged_in(office.teacher).post(f"/mine/{denied.pk}/appeal", {"grounds": "for class"})
        logged_in(office.teacher).post(f"/guardian/{denied.pk}/withdraw", self.WHY)
        assert [bool(each.withdrawn_at) for each in Appeal.objects.order_by("pk")] == [True, False]
