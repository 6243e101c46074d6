"""Telling an adult: one click away, and it reaches somebody."""

from django.test import Client

from console_people import logged_in
from handed_tickets import ticket
from proxy.console.post.models import Letter
from proxy.console.review.models import Telling

SAID = {"text": "Somebody writes to me", "address": "chat.example/room"}


def test_a_student_tells_and_the_counselor_hears_of_it(office):
    counselor, browser = office.counselor, logged_in(office.student)
    sent = browser.post("/tell/", SAID, follow=True)
    told = Telling.objects.get()
    assert (told.by, told.to, told.school) == (office.student, counselor, "valley-high")
    assert (told.text, told.url) == ("Somebody writes to me", "https://chat.example/room")
    assert "Thank you for telling us" in sent.content.decode()
    letter = Letter.objects.get()
    assert letter.to == counselor.email
    assert "Somebody writes" not in letter.subject + letter.text


def test_a_device_that_the_gateway_knew_can_tell(office):
    office.counselor  # noqa: B018
    Client().post("/tell/", {**SAID, "ticket": ticket("library-pc")})
    told = Telling.objects.get()
    assert (told.by, told.subject) == (None, "library-pc")


def test_a_student_whom_the_gateway_knew_can_tell(office):
    office.counselor  # noqa: B018
    Client().post("/tell/", {**SAID, "ticket": ticket(office.student.sourced_id)})
    assert Telling.objects.get().by == office.student


def test_a_stranger_reads_whom_to_turn_to(office):
    for browse in (Client().get, Client().post):
        text = browse("/tell/", {"text": "Help", "ticket": "none"}).content.decode()
        assert "Go to a teacher or another adult whom you trust" in text
        assert "call 911" in text
    assert not Telling.objects.exists()


def test_an_auditor_reads_whom_to_turn_to_and_writes_nothing(office):
    browser = logged_in(office.person("auditor"))
    assert "An auditor changes nothing here" in browser.get("/tell/").content.decode()
    assert browser.post("/tell/", SAID).status_code == 403
    assert browser.post("/tell/", {**SAID, "ticket": ticket("library-pc")}).status_code == 403
    assert not Telling.objects.exists()


def test_nothing_is_kept_of_an_empty_form(office):
    answer = logged_in(office.student).post("/tell/", {"text": " "})
    assert answer.status_code == 400
    assert not Telling.objects.exists()


def test_more_than_twenty_a_day_are_too_many(office):
    browser = logged_in(office.student)
    statuses = [browser.post("/tell/", SAID).status_code for _ in range(21)]
    assert statuses == [302] * 20 + [429]
    assert Telling.objects.count() == 20


def test_one_child_does_not_use_up_what_others_can_write_at_a_shared_device(office, monkeypatch):
    monkeypatch.setattr("proxy.console.portal.views.telling.MOST_A_DAY", 1)
    monkeypatch.setattr("proxy.console.portal.views.telling.MOST_OF_A_SHARED_DEVICE", 3)
    shared = {**SAID, "ticket": ticket("library-pc")}
    assert [Client().post("/tell/", shared).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert logged_in(office.student).post("/tell/", SAID).status_code == 302


def test_every_page_of_the_portal_leads_there(office):
    browser = logged_in(office.student)
    case = office.asks()
    for path in ("/", "/mine/", f"/mine/{case.pk}/", "/ask/new/unblock", "/ask/code", "/approved/"):
        assert 'href="/tell/"' in browser.get(path).content.decode(), path
