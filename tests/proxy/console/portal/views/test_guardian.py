"""A guardian's appeal, which staff write down."""

import pytest
from django.test import Client

from console_people import from_outside, logged_in
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Letter
from proxy.console.review.models import Appeal

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
