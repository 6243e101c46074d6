from datetime import UTC, date, datetime, timedelta

import pytest

from proxy.bench import happenings
from proxy.bench.happenings import DAYS, SITES, WORKERS, bring_up, kinds, recorded
from proxy.decision.verdict import Action
from proxy.journal.archive import Archive
from proxy.journal.archived import archived
from proxy.journal.event import microseconds

TODAY, PER_DAY = date(2026, 11, 23), 80
MIDNIGHT, DAY = datetime(2026, 11, 23, tzinfo=UTC), timedelta(days=1)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(happenings, "DAYS", 3)
    return tmp_path / "kept"


def days(kept):
    return sorted({one.first_us // (24 * 3600 * 10**6) for one in archived(kept / "archive")})


def names(kept):
    return {one.path.name for one in archived(kept / "archive")}


def test_a_day_is_made_once_and_goes_in_its_time(kept):
    bring_up(kept, PER_DAY, TODAY)
    first, of_three_days = names(kept), days(kept)
    assert len(of_three_days) == 3

    bring_up(kept, PER_DAY, TODAY)
    assert names(kept) == first

    bring_up(kept, PER_DAY, TODAY + DAY)
    assert days(kept) == [*of_three_days[1:], of_three_days[-1] + 1]
    assert len(names(kept) & first) == len(first) * 2 // 3


def test_a_day_that_was_not_finished_is_made_anew(kept):
    bring_up(kept, PER_DAY, TODAY)
    (kept / "days" / (TODAY - DAY).isoformat()).unlink()
    bring_up(kept, PER_DAY, TODAY)

    assert len([*Archive(kept).events()]) == 3 * PER_DAY


def test_a_state_holds_all_of_it_and_the_last_hours_are_still_written(kept, tmp_path):
    at = MIDNIGHT + timedelta(hours=18)
    spools = recorded(kept, tmp_path / "state", PER_DAY, at)
    try:
        events = [*Archive(tmp_path / "state").events()]
        live = [*(tmp_path / "state" / "spool").rglob("*.sgj")]
    finally:
        for spool in spools:
            spool.close()

    assert len(events) == 3 * PER_DAY + PER_DAY * 18 // 24
    assert {event.worker for event in events} == {*WORKERS}
    assert (events[0].time, events[-1].time < at) == (MIDNIGHT - 3 * DAY, True)
    assert len(live) == 2 * len(WORKERS)  # one finished, one not
    newest = [event for event in events if microseconds(event.time) >= microseconds(at - happenings.LIVE)]
    assert len(newest) == PER_DAY // 4


def test_one_in_five_is_a_block_of_a_site_that_cases_are_about():
    for is_dns in (True, False):
        found = kinds(is_dns=is_dns)
        blocked = {one.host.removeprefix("www.") for one in found if one.action is Action.BLOCK}
        assert blocked == {f"site-{number}.example" for number in range(SITES)}
        assert any(one.referring_host for one in found) is not is_dns
    assert DAYS == 14
