"""What one administrator alone can do to an account, also when they do two things at once."""

from datetime import UTC, datetime, timedelta

import pytest

from console_people import on_duty, second_factor_of
from forked import at_once
from proxy.console.people import accounts
from proxy.console.people.accounts import AccountProblem
from proxy.console.people.duties import DutyKind

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
ON = AT.date()
ROUNDS = 5


@pytest.mark.django_db
def test_password_and_second_factor_are_reset_by_two_or_a_day_apart():
    first = on_duty(DutyKind.ADMINISTRATOR, login="first")
    second = on_duty(DutyKind.ADMINISTRATOR, login="second")
    person = on_duty(DutyKind.REVIEWER)
    accounts.reset_password(person, first, at=AT, on=ON)

    with pytest.raises(AccountProblem, match="by two administrators, or a day apart"):
        accounts.reset_second_factor(person, first, at=AT + timedelta(hours=23), on=ON)
    accounts.reset_second_factor(person, second, at=AT, on=ON)
    accounts.reset_second_factor(person, first, at=AT + timedelta(hours=24), on=ON)


@pytest.mark.django_db(transaction=True)
def test_of_both_resets_at_once_by_one_administrator_one_is_refused():
    admin = on_duty(DutyKind.ADMINISTRATOR)
    for number in range(ROUNDS):
        person = on_duty(DutyKind.REVIEWER, login=f"reviewer-{number}")
        second_factor_of(person)

        ended = at_once(
            [
                lambda person=person: accounts.reset_password(person, admin, at=AT, on=ON),
                lambda person=person: accounts.reset_second_factor(person, admin, at=AT, on=ON),
            ]
        )

        assert sorted(one.raised or "" for one in ended) == ["", "AccountProblem"]
