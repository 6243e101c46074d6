"""Remembering confirmed log-ins for a short while."""

from datetime import UTC, datetime, timedelta

from proxy.identity.logins import Logins


class Doorkeeper:
    """Knows one password and counts how often it is asked."""

    def __init__(self) -> None:
        self.passwords = {"kim": "right"}
        self.asked = 0

    def verify(self, login: str, password: str) -> bool:
        self.asked += 1
        return self.passwords.get(login) == password


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_confirmed_log_in_is_not_checked_again_for_a_while() -> None:
    door, clock = Doorkeeper(), Clock()
    logins = Logins(door, clock, keep=timedelta(minutes=5))
    assert [logins.verify("kim", "right") for _ in range(3)] == [True, True, True]
    assert door.asked == 1
    clock.now += timedelta(minutes=5)
    assert logins.verify("kim", "right")
    assert door.asked == 2


def test_a_wrong_password_is_checked_each_time_and_leaves_the_right_one_remembered() -> None:
    door, clock = Doorkeeper(), Clock()
    logins = Logins(door, clock)
    assert [logins.verify("kim", word) for word in ("right", "wrong", "wrong", "right")] == [
        True,
        False,
        False,
        True,
    ]
    assert door.asked == 3


def test_forgetting_makes_a_changed_password_count_at_once() -> None:
    door, clock = Doorkeeper(), Clock()
    logins = Logins(door, clock)
    assert logins.verify("kim", "right")
    door.passwords["kim"] = "new"
    logins.forget()
    assert not logins.verify("kim", "right")


def test_what_is_remembered_is_bounded() -> None:
    door, clock = Doorkeeper(), Clock()
    door.passwords = {f"user-{number}": "x" for number in range(10)}
    logins = Logins(door, clock, max_kept=3)
    for name in door.passwords:
        assert logins.verify(name, "x")
    asked = door.asked
    assert logins.verify("user-9", "x")
    assert door.asked == asked
    assert logins.verify("user-0", "x")
    assert door.asked == asked + 1


def test_names_and_passwords_beyond_measure_are_refused_unasked() -> None:
    door = Doorkeeper()
    logins = Logins(door, Clock())
    assert [logins.verify(*pair) for pair in (("", "x"), ("k" * 300, "x"), ("kim", "x" * 5000))] == [
        False
    ] * 3
    assert door.asked == 0
