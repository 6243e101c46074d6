"""A receipt: what somebody without a log-in sees of the one request that they made."""

import pytest
from django.test import Client

from console_people import logged_in
from proxy.console.portal import receipts
from proxy.console.review.models import Asking

BY_TICKET = {"known_by": "ticket"}


def test_it_shows_where_the_request_stands(office):
    case = office.asks(evidence=BY_TICKET)
    answer = Client().get(receipts.link(Asking.objects.get().pk))
    text = answer.content.decode()
    for words in (
        f"Request {case.pk} was received",
        "physics.example",
        "Waiting for a reviewer",
        "Answer due",
    ):
        assert words in text
    assert answer["Cache-Control"] == "no-store"


def test_it_shows_the_answer(office):
    office.denied(evidence=BY_TICKET)
    text = Client().get(receipts.link(Asking.objects.get().pk)).content.decode()
    assert "not for class" in text
    assert "To answer a question, to appeal or to take it back, log in." in text


def test_what_was_asked_behind_a_log_in_is_answered_behind_it(office):
    office.denied(evidence={"known_by": "login"})
    text = Client().get(receipts.link(Asking.objects.get().pk)).content.decode()
    assert "Not approved" in text
    assert "not for class" not in text
    assert "the answer is read after logging in" in text


def test_nothing_of_a_private_request_stands_on_it(office):
    office.asks_alone(purpose="about my health")
    text = Client().get(receipts.link(Asking.objects.get().pk)).content.decode()
    assert "Only the counselor reads it" in text
    assert "physics.example" not in text
    assert "health" not in text


def test_neither_who_asked_nor_what_for_stands_on_it(office):
    office.asks(purpose="for my sister", evidence=BY_TICKET)
    text = Client().get(receipts.link(Asking.objects.get().pk)).content.decode()
    assert "sister" not in text
    assert "Student" not in text


def test_whoever_asked_and_is_logged_in_gets_the_whole_page(office):
    case = office.asks()
    answer = logged_in(office.student).get(receipts.link(Asking.objects.get().pk))
    assert answer["Location"] == f"/mine/{case.pk}/"


@pytest.mark.parametrize("token", ["1", "1~abc", "2~x", "~", "1:1"])
def test_nobody_makes_a_receipt_but_the_console(office, token):
    office.asks()
    assert Client().get(f"/receipt/{token}").status_code == 404


def test_a_receipt_of_another_number_is_none(office):
    office.asks()
    office.asks("other.example")
    first, second = (receipts.link(asking.pk) for asking in Asking.objects.order_by("pk"))
    mixed = second.split("~")[0] + "~" + first.split("~")[1]
    assert Client().get(first).status_code == 200
    assert Client().get(mixed).status_code == 404
