"""The console's clock."""

from datetime import UTC, datetime, timedelta

from proxy.console.site import clock


def test_the_clock_can_be_set_and_let_go(at):
    assert at("2026-11-23T09:00:00-06:00") == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert clock.now() == datetime(2026, 11, 23, 15, tzinfo=UTC)
    clock.set_to(None)
    assert clock.now() - datetime(2026, 11, 23, 15, tzinfo=UTC) != timedelta(0)
    assert clock.now().tzinfo is UTC
