"""One chore, again and again."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from proxy import metrics
from proxy.console.timers.rounds import Chore, Complaints, keep_doing, once

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def failing_with(*errors: Exception | None) -> Chore:
    """A chore that meets these one after the other; None: it is done."""
    left = list(errors)

    def work(at: datetime) -> None:
        error = left.pop(0)
        if error is not None:
            raise error

    return Chore("letters", 1, work)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records if record.name == "schoolgate.timers"]
    caplog.clear()
    return said


def test_a_chore_is_told_the_moment_and_counted() -> None:
    told: list[datetime] = []
    done = metrics.CHORE_RUNS.bind("letters", "done").value

    assert once(Chore("letters", 1, told.append), NOON, Complaints()) is None
    assert told == [NOON]
    assert metrics.CHORE_RUNS.bind("letters", "done").value == done + 1
    assert metrics.CHORE_DONE.bind("letters").value == NOON.timestamp()


def test_a_failure_stops_nobody_and_is_said_once_with_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    complaints, chore = Complaints(), failing_with(ValueError("x"), ValueError("x"), None, KeyError("y"))
    failed = metrics.CHORE_RUNS.bind("letters", "failed").value

    assert isinstance(once(chore, NOON, complaints), ValueError)
    assert lines(caplog) == ["the chore 'letters' failed; it is tried again"]
    once(chore, NOON, complaints)
    assert lines(caplog) == []
    once(chore, NOON, complaints)
    assert lines(caplog) == ["the chore 'letters' works again"]
    once(chore, NOON, complaints)
    assert lines(caplog) == ["the chore 'letters' failed; it is tried again"]
    assert metrics.CHORE_RUNS.bind("letters", "failed").value == failed + 3


def test_a_database_that_is_gone_is_one_trouble_for_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    complaints, gone = Complaints(), OperationalError("connection to password=secret failed")
    complaints.about("letters", gone)
    complaints.about("due", gone)
    assert lines(caplog) == ["the database cannot be used (OperationalError); what is due waits for it"]

    assert complaints.readiness() == (False, "not working: the database")
    complaints.over("letters")
    assert lines(caplog) == []
    complaints.over("due")
    assert lines(caplog) == ["the database works again"]
    assert complaints.readiness() == (True, "everything is looked after")
    complaints.over("due")
    assert lines(caplog) == []


@pytest.mark.django_db(transaction=True)
def test_each_chore_comes_round_at_its_own_pace_whatever_the_other_does() -> None:
    stopping, done = threading.Event(), []
    clock = [0.0]

    class Waiting(threading.Event):
        """Time passes only while somebody waits."""

        def wait(self, timeout: float | None = None) -> bool:
            clock[0] += timeout or 0.0
            return self.is_set()

    stopping = Waiting()

    def quick(at: datetime) -> None:
        done.append(f"quick at {clock[0]:.0f}")
        if clock[0] >= 12:
            stopping.set()
        raise ValueError("always")

    def slow(at: datetime) -> None:
        done.append(f"slow at {clock[0]:.0f}")

    def seldom(at: datetime) -> None:
        """It fails at first, and is not left alone for an hour."""
        done.append(f"seldom at {clock[0]:.0f}")
        if clock[0] == 0:
            raise ValueError("once")

    keep_doing(
        (Chore("quick", 2, quick), Chore("slow", 5, slow), Chore("seldom", 3600, seldom)),
        lambda: NOON,
        stopping,
        Complaints(),
        monotonic=lambda: clock[0],
    )

    assert done == [
        "quick at 0", "slow at 0", "seldom at 0", "quick at 2", "quick at 4", "slow at 5", "quick at 6",
        "quick at 8", "quick at 10", "slow at 10", "seldom at 10", "quick at 12",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_nothing_is_begun_after_the_word_to_stop() -> None:
    stopping, seen = threading.Event(), []

    def last(at: datetime) -> None:
        seen.append(at)
        stopping.set()

    keep_doing((Chore("a", 0, last), Chore("b", 0, seen.append)), lambda: NOON, stopping, Complaints())
    assert seen == [NOON]
