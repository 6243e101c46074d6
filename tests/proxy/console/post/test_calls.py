"""What becomes of messages to the school's own system."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from proxy.console.post.backlog import KEPT
from proxy.console.post.calls import (
    NO_WEBHOOK,
    Called,
    call,
    forget,
    given_up,
    queue_call,
    try_again,
    waiting,
)
from proxy.console.post.deliver import BATCH, WAITS
from proxy.console.post.models import Call
from proxy.console.post.webhook import Webhook
from school_system import TAKEN, SchoolSystem

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BUSY = b"HTTP/1.1 503 Busy\r\n\r\n"


@pytest.fixture
def system() -> Iterator[SchoolSystem]:
    with SchoolSystem() as running:
        yield running


@pytest.fixture
def webhook(system: SchoolSystem, tmp_path: Path) -> Webhook:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sesame\n")
    return Webhook(system.url, secret, ("127.0.0.0/8", "::1/128"))


def queue(number: int, at: datetime = NOON) -> Call:
    return queue_call({"id": number}, key=f"incident.{number}.opened", at=at)


def ids(system: SchoolSystem) -> list[int]:
    return [json.loads(body)["id"] for _request, _fields, body in system.taken]


def test_a_message_is_queued_once_for_a_key_and_sent_once(system: SchoolSystem, webhook: Webhook) -> None:
    assert queue(1) == queue(1)
    assert call(NOON, webhook) == Called(sent=1)
    assert call(NOON + MINUTE, webhook) == Called()
    assert ids(system) == [1]
    assert queue(1).sent_at == NOON


def test_each_is_signed_for_the_moment_at_which_it_is_sent(system: SchoolSystem, webhook: Webhook) -> None:
    for number in range(2):
        queue(number)
    call(NOON, webhook, now=lambda: NOON + len(system.taken) * MINUTE)
    signed = [fields["schoolgate-signature"].partition(",")[0] for _request, fields, _body in system.taken]
    assert signed == ["t=1795456800", "t=1795456860"]


def test_what_is_rolled_back_is_never_sent(system: SchoolSystem, webhook: Webhook) -> None:
    with transaction.atomic():
        queue(1)
        transaction.set_rollback(True)
    assert call(NOON, webhook) == Called()
    assert system.taken == []


def test_the_longest_waiting_go_first_and_a_round_has_an_end(system: SchoolSystem, webhook: Webhook) -> None:
    for number in range(BATCH + 1):
        queue(number, NOON - timedelta(seconds=number))
    assert call(NOON, webhook) == Called(sent=BATCH)
    assert ids(system)[0] == BATCH
    assert call(NOON, webhook) == Called(sent=1)


def test_the_next_round_begins_with_what_was_not_tried_when_the_time_of_one_was_over(
    system: SchoolSystem, webhook: Webhook
) -> None:
    system.says = BUSY
    for number in range(3):
        queue(number)
    assert call(NOON, webhook, lasts_s=0) == Called(delayed=1)
    assert call(NOON + WAITS[0], webhook, lasts_s=0) == Called(delayed=1)
    assert ids(system) == [0, 1]


def test_without_a_webhook_they_wait_and_are_given_up_after_thirty_days() -> None:
    queue(1)
    assert call(NOON, None) == Called()
    assert forget(NOON + KEPT) == 0
    forget(NOON + KEPT + MINUTE)
    [lost] = given_up()
    assert (lost.problem, waiting().count()) == (NO_WEBHOOK, 0)


def test_one_that_is_not_taken_waits_longer_each_time_and_is_given_up_in_the_end(
    system: SchoolSystem, webhook: Webhook
) -> None:
    system.says = BUSY
    queue(1)
    at = NOON
    for wait in WAITS:
        assert call(at, webhook) == Called(delayed=1)
        assert call(at + wait - timedelta(seconds=1), webhook) == Called()
        at += wait
    assert call(at, webhook) == Called(given_up=1)
    [lost] = given_up()
    assert (lost.given_up_at, lost.problem) == (at, "the webhook answered 503")


def test_one_that_was_given_up_can_be_tried_again_with_all_its_tries(
    system: SchoolSystem, webhook: Webhook
) -> None:
    lost = queue(1)
    Call.objects.update(given_up_at=NOON, tries=len(WAITS) + 1, problem="the webhook answered 503")
    assert try_again(lost.pk, NOON + MINUTE)
    assert not try_again(lost.pk, NOON + MINUTE)
    lost.refresh_from_db()
    assert (lost.given_up_at, lost.tries, lost.problem) == (None, 0, "")
    assert call(NOON + MINUTE, webhook) == Called(sent=1)
    assert not try_again(lost.pk, NOON + MINUTE)


def test_what_is_no_longer_kept_cannot_be_tried_again() -> None:
    lost = queue(1)
    Call.objects.update(given_up_at=NOON, body="")
    assert not try_again(lost.pk, NOON)


def test_one_that_is_refused_stops_no_other(system: SchoolSystem, webhook: Webhook) -> None:
    queue(1, NOON - MINUTE)
    queue(2)
    system.says = BUSY
    assert call(NOON, webhook) == Called(delayed=2)
    assert ids(system) == [1, 2]
    system.says = TAKEN
    assert call(NOON + MINUTE, webhook) == Called(sent=2)


def test_while_nobody_answers_all_wait_after_one_try(system: SchoolSystem, webhook: Webhook) -> None:
    for number in range(3):
        queue(number)
    system.says = b""
    assert call(NOON, webhook) == Called(delayed=3)
    assert len(system.taken) == 1
    assert {one.not_before for one in waiting()} == {NOON + WAITS[0]}


def test_whoever_is_killed_before_the_database_knows_sends_it_once_more(
    system: SchoolSystem, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(1)

    class Killed(BaseException):
        pass

    def killed(*args: object, **what: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("proxy.console.post.calls._note", killed)
        with pytest.raises(Killed):
            call(NOON, webhook)
    assert call(NOON + MINUTE, webhook) == Called(sent=1)
    assert ids(system) == [1, 1]


def test_what_was_sent_long_ago_is_emptied_and_its_key_stays(webhook: Webhook) -> None:
    queue(1)
    call(NOON, webhook)
    assert forget(NOON + KEPT) == 0
    assert forget(NOON + KEPT + MINUTE) == 1
    assert Call.objects.get().body == ""
    assert queue(1).sent_at == NOON
