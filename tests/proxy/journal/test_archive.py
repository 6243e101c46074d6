import os
from datetime import UTC, datetime, timedelta

import pytest

from proxy.decision.verdict import Action
from proxy.journal.archive import Archive, BlocksOfList, open_events
from proxy.journal.archived import archived
from proxy.journal.counts import NAME, throw_away
from proxy.journal.segments import segments
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded, spool_in

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
NEXT_DAY = NOON + timedelta(days=1)


def blocked(after_s=0, host="games.example", **changes):
    return happened(
        after_s, **{"host": host, "action": Action.BLOCK, "list_id": "ut1", "category": "games", **changes}
    )


PAGE = {"referring_host": "physics.example", "group": "high"}
WEEK = (
    blocked(0),
    blocked(1, "play.games.example"),
    blocked(2, group="high"),
    happened(3, host="games.example"),
    blocked(4, "notgames.example"),
    blocked(5, "cdn.example", **PAGE),
    blocked(6, "cdn.example", **{**PAGE, "referring_host": "www.physics.example"}),
    blocked(7, "fonts.example", **PAGE, category="", list_id=""),
    blocked(8, "labs.physics.example", **PAGE),
    happened(9, host="open.example", **PAGE),
    blocked(7200, group="elementary"),
)


@pytest.fixture(
    params=["in the spool", "in both", "in the archive", "counted", "some counted", "some here, some there"]
)
def archive(request, tmp_path):
    where = request.param
    half = len(WEEK) // 2 if where.startswith("some") else 0
    if half:
        recorded(tmp_path / "spool", *WEEK[:half])
        recorded(tmp_path / "spool", happened(-9e8))
        ship(tmp_path, LATE if where == "some here, some there" else NEXT_DAY)
    recorded(tmp_path / "spool", *WEEK[half:])
    if where == "in the archive":
        recorded(tmp_path / "spool", happened(-9e8))
    if where in ("in both", "in the archive"):
        ship(tmp_path, EARLY if where == "in both" else LATE)
    if where == "counted":
        ship(tmp_path, NEXT_DAY)
    return Archive(tmp_path)


def test_a_site_was_blocked_so_often_for_these_groups(archive):
    assert archive.blocked_lately("games.example", NOON) == {"middle": 2, "elementary": 1, "high": 1}
    assert archive.blocked_lately("play.games.example", NOON) == {"middle": 1}
    assert archive.blocked_lately("unheard-of.example", NOON) == {}


def test_counting_begins_with_the_full_hour(archive):
    hours = {after: sum(archive.blocked_lately("games.example", NOON + after).values()) for after in (
        timedelta(minutes=59), timedelta(hours=1), timedelta(hours=2, minutes=59), timedelta(hours=3)
    )}  # fmt: skip

    assert [*hours.values()] == [4, 1, 1, 0]


def test_a_page_needs_these_hosts(archive):
    assert archive.needed_hosts("physics.example", NOON) == {"cdn.example": 2, "fonts.example": 1}
    assert archive.needed_hosts("www.physics.example", NOON) == {"cdn.example": 1}
    assert archive.needed_hosts("physics.example", NOON, most=1) == {"cdn.example": 2}


def test_each_list_blocked_so_often(archive):
    assert archive.blocks_by_list(NOON, NOON + timedelta(days=1)) == (
        BlocksOfList("ut1", "games", 8),
        BlocksOfList("", "", 1),
    )
    assert archive.blocks_by_list(NOON + timedelta(hours=2), NOON + timedelta(hours=3)) == (
        BlocksOfList("ut1", "games", 1),
    )
    assert archive.blocks_by_list(NOON, NOON) == ()


def test_counts_stay_true_while_segments_grow_and_are_shipped(tmp_path):
    archive = open_events(tmp_path)
    spool = spool_in(tmp_path / "spool", segment_bytes=1_000)
    for n in range(60):
        spool.append(blocked(n))
        spool.flush()
        if n % 7 == 6:
            ship(tmp_path, LATE if n % 2 else NEXT_DAY)
        assert archive.blocked_lately("games.example", NOON) == {"middle": n + 1}
    assert len(archived(tmp_path / "archive")) > 5
    spool.close()


@pytest.mark.parametrize(
    "host", ["it's.example", "%.example", "a_b.example", "\udcff.example", "');drop table x"]
)
def test_a_hostile_name_is_only_a_name(tmp_path, host):
    recorded(tmp_path / "spool", blocked(0, host), blocked(1, "aXb.example"))
    recorded(tmp_path / "spool", happened(2))
    ship(tmp_path, LATE)

    assert Archive(tmp_path).blocked_lately(host, NOON) == {"middle": 1}


@pytest.mark.parametrize(("is_counted", "blocks"), [(False, 2), (True, 3)])
def test_of_a_damaged_file_only_what_was_counted_before_is_known(tmp_path, is_counted, blocks):
    for n in range(3):
        recorded(tmp_path / "spool", blocked(n))
    ship(tmp_path, NEXT_DAY)
    for path in segments(tmp_path / "spool" / "http-1"):
        path.unlink()
    if not is_counted:
        throw_away(tmp_path / "archive")
    archived(tmp_path / "archive")[0].path.write_bytes(b"PAR1")
    archive = Archive(tmp_path)

    assert archive.blocked_lately("games.example", NOON) == {"middle": blocks}
    assert archive.losses().refused == 1


def test_a_damaged_file_whose_events_the_spool_has_counts_once(tmp_path):
    recorded(tmp_path / "spool", blocked(0))
    ship(tmp_path, NEXT_DAY)
    archived(tmp_path / "archive")[0].path.write_bytes(b"PAR1")

    assert Archive(tmp_path).blocked_lately("games.example", NOON) == {"middle": 1}
    throw_away(tmp_path / "archive")
    assert Archive(tmp_path).blocked_lately("games.example", NOON) == {"middle": 1}


def test_what_went_from_the_archive_does_not_count_though_it_was_counted(tmp_path):
    for n in range(3):
        recorded(tmp_path / "spool", blocked(n), blocked(n, "cdn.example", **PAGE))
    ship(tmp_path, NEXT_DAY)
    archive = Archive(tmp_path)
    for path in segments(tmp_path / "spool" / "http-1"):
        path.unlink()
    archived(tmp_path / "archive")[1].path.unlink()

    assert archive.blocked_lately("games.example", NOON) == {"middle": 2}
    assert archive.needed_hosts("physics.example", NOON) == {"cdn.example": 2}
    assert archive.blocks_by_list(NOON, NEXT_DAY) == (BlocksOfList("ut1", "games", 4),)


def test_counts_that_cannot_be_read_cost_nothing_but_time(tmp_path):
    recorded(tmp_path / "spool", blocked(0))
    ship(tmp_path, NEXT_DAY)
    (tmp_path / "archive" / NAME).write_bytes(b"no database" * 400)

    assert Archive(tmp_path).blocked_lately("games.example", NOON) == {"middle": 1}


def test_a_process_has_one_reader_for_a_state(tmp_path):
    assert open_events(tmp_path) is open_events(tmp_path / ".." / tmp_path.name)
    kept = open_events(tmp_path)
    child = os.fork()
    if child == 0:
        others = [open_events(tmp_path / str(n)) for n in range(5)]  # more than are kept: none is a parent's
        os._exit(0 if open_events(tmp_path) is not kept and len(others) == 5 else 1)
    assert os.waitpid(child, 0)[1] == 0
