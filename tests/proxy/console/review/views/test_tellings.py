import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review import telling
from proxy.console.review.models import Telling
from review_office import MONDAY, SCHOOL


@pytest.fixture
def told(office):
    office.counselor  # noqa: B018
    return telling.tell(
        by=office.student, subject="", school=SCHOOL, text="<b>somebody</b> threatens me", at=MONDAY
    )


def test_nobody_waits(office, browser):
    assert "Nobody waits" in browser(office.counselor).get("/tellings/").content.decode()


def test_the_counselor_reads_and_takes_up(office, browser, told):
    counselor = browser(office.counselor)
    page = counselor.get("/tellings/").content.decode()
    assert "&lt;b&gt;somebody&lt;/b&gt; threatens me" in page
    assert "Student" in page

    answer = counselor.post(f"/tellings/{told.pk}/take-up/", {"note": "we talk at noon"})

    assert answer["Location"] == "/tellings/"
    told.refresh_from_db()
    assert (told.taken_by, told.note) == (office.counselor, "we talk at noon")
    assert "You look after" in counselor.get("/tellings/").content.decode()


def test_a_device_that_told_has_no_name(office, browser):
    office.counselor  # noqa: B018
    telling.tell(by=None, subject="library-pc", school=SCHOOL, text="help", at=MONDAY)

    assert "library-pc" in browser(office.counselor).get("/tellings/").content.decode()


def test_the_second_is_told_who_looks_after_it(office, browser, told):
    other = office.person("counselor-b")
    telling.take_up(told.pk, other, MONDAY)

    answer = browser(office.counselor).post(f"/tellings/{told.pk}/take-up/", {})

    assert answer.status_code == 409
    assert "Counselor-b looks after this." in answer.content.decode()


def test_a_note_that_is_too_long(office, browser, told):
    assert (
        browser(office.counselor).post(f"/tellings/{told.pk}/take-up/", {"note": "x" * 2001}).status_code
        == 422
    )
    assert Telling.objects.get().taken_at is None


def test_not_for_others(office, browser, told):
    office.charge(office.person("away"), DutyKind.COUNSELOR, "maple-elementary")
    away = browser(office.person("away"))

    assert "threatens" not in away.get("/tellings/").content.decode()
    assert away.post(f"/tellings/{told.pk}/take-up/").status_code == 404
    assert away.post("/tellings/999999/take-up/").status_code == 404
    for person in ("reviewer", "technician", "student", "auditor", "teacher"):
        assert browser(office.person(person)).get("/tellings/").status_code == 403
    assert Telling.objects.get().taken_at is None


def test_an_administrator_sees_what_came_to_them_alone(office, browser, told):
    page = browser(office.administrator).get("/tellings/").content.decode()

    assert "threatens" not in page
