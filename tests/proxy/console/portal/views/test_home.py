"""The first page: what somebody can ask for here."""

from django.test import Client

from console_people import from_outside, logged_in


def test_students_see_three_kinds_and_staff_four(office):
    for who, kinds in (("student", 3), ("teacher", 4)):
        text = logged_in(office.person(who)).get("/").content.decode()
        assert text.count('href="/ask/new/') == kinds


def test_the_latest_requests_stand_there(office):
    case = office.asks()
    assert f"/mine/{case.pk}/" in logged_in(office.student).get("/").content.decode()


def test_strangers_read_how_to_get_in(db):
    text = Client().get("/").content.decode()
    assert "Log in to ask" in text
    assert "help@maplevalley.example" in text


def test_outside_accounts_do_not_ask(db):
    text = logged_in(from_outside()).get("/").content.decode()
    assert "Pages are asked for by students and staff" in text
    assert "/ask/new/" not in text
