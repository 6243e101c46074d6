"""Everything that is due at a moment."""

from datetime import UTC, datetime

from proxy.console.timers.rounds import Chore
from proxy.console.timers.tick import tick

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def test_one_that_fails_stops_no_other() -> None:
    done: list[datetime] = []
    trouble = ValueError("no")

    def fails(at: datetime) -> None:
        raise trouble

    ticked = tick(NOON, [Chore("first", 1, fails), Chore("second", 1, done.append)])
    assert ticked.failed == {"first": trouble}
    assert done == [NOON]
