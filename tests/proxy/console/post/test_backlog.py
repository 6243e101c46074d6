"""Letters that wait or were given up."""

from datetime import UTC, datetime, timedelta

import pytest

from proxy.console.post.backlog import KEPT, NO_SERVER, forget, given_up, oldest_waiting, try_again, waiting
from proxy.console.post.models import Letter

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def letter(key: str, **what: object) -> Letter:
    fields: dict[str, object] = {
        "key": key, "to": "pat@school.example", "language": "en", "subject": "s", "text": "t", "html": "h",
        "queued_at": NOON, "not_before": NOON,
    }  # fmt: skip
    return Letter.objects.create(**(fields | what))


def test_who_waits_and_for_how_long() -> None:
    assert oldest_waiting(NOON) == timedelta()
    letter("sent", sent_at=NOON, queued_at=NOON - 9 * HOUR)
    late = letter("late", queued_at=NOON - HOUR)
    lost = letter("lost", given_up_at=NOON, queued_at=NOON - 8 * HOUR)
    new = letter("new")

    assert set(waiting()) == {late, new}
    assert list(given_up()) == [lost]
    assert oldest_waiting(NOON) == HOUR


def test_what_was_given_up_can_be_tried_anew_once_asked_for() -> None:
    lost = letter("lost", given_up_at=NOON, tries=10, problem="no such user")
    sent = letter("sent", sent_at=NOON)

    assert try_again(lost.pk, NOON + HOUR)
    assert not try_again(lost.pk, NOON + HOUR)
    assert not try_again(sent.pk, NOON + HOUR)
    lost.refresh_from_db()
    assert (lost.given_up_at, lost.tries, lost.not_before, lost.problem) == (None, 0, NOON + HOUR, "")


def test_what_letters_said_is_forgotten_after_a_while_but_not_that_they_went() -> None:
    old = letter("old", sent_at=NOON - KEPT - HOUR)
    lost = letter("lost", given_up_at=NOON - KEPT - HOUR)
    new = letter("new", sent_at=NOON - KEPT + HOUR)
    waits = letter("waits", queued_at=NOON - 2 * KEPT)

    assert forget(NOON) == 2
    assert forget(NOON) == 0
    for row in (old, lost):
        row.refresh_from_db()
        assert (row.to, row.subject, row.text, row.html) == ("", "", "", "")
    for row in (new, waits):
        row.refresh_from_db()
        assert row.text == "t"


def test_what_waited_for_a_mail_server_too_long_is_given_up_and_then_forgotten() -> None:
    old = letter("old", queued_at=NOON - KEPT - HOUR, not_before=NOON - KEPT - HOUR)
    tried = letter("tried", queued_at=NOON - KEPT - HOUR, not_before=NOON - HOUR, tries=3)

    forget(NOON)
    old.refresh_from_db()
    assert (old.given_up_at, old.problem, old.text) == (NOON, NO_SERVER, "t")
    assert set(waiting()) == {tried}

    forget(NOON + KEPT + HOUR)
    old.refresh_from_db()
    assert (old.to, old.text) == ("", "")
