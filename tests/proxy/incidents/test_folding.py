"""What is one act."""

from datetime import UTC, datetime, timedelta

import pytest

from proxy.incidents.folding import goes_on, site_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("a.b.tunnel.example", "tunnel.example"),
        ("www.sch.co.uk", "sch.co.uk"),
        ("me.github.io", "me.github.io"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("localhost", "localhost"),
    ],
)
def test_acts_are_told_apart_by_what_somebody_registered(host: str, site: str) -> None:
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(NOON + HOUR, True, id="until the window is over"),
        pytest.param(NOON + HOUR + timedelta(seconds=1), False, id="after that it is another act"),
        pytest.param(NOON - HOUR, True, id="what was written late may lie before"),
        pytest.param(NOON - 2 * HOUR, False, id="but not long before"),
    ],
)
def test_what_follows_without_a_pause_is_one_act(at: datetime, expected: bool) -> None:
    assert goes_on(NOON, NOON, at, HOUR) is expected


def test_no_act_goes_on_for_longer_than_a_day() -> None:
    assert goes_on(NOON, NOON + 23 * HOUR, NOON + 24 * HOUR, HOUR)
    assert not goes_on(NOON, NOON + 24 * HOUR, NOON + 24 * HOUR + timedelta(seconds=1), HOUR)
