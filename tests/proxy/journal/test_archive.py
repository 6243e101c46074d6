import os
from datetime import UTC, datetime, timedelta

import pytest

from proxy.decision.verdict import Action
from proxy.journal.archive import Archive, BlocksOfList, open_events
from proxy.journal.archived import archived
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded, spool_in

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


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


@pytest.fixture(params=["in the spool", "in both", "in the archive", "some here, some there"])
def archive(request, tmp_path):
    where = request.param
    half = len(WEEK) // 2 if where == "some here, some there" else 0
    if half:
        recorded(tmp_path / "spool", *WEEK[:half])
        recorded(tmp_path / "spool", happened(-9e8))
        ship(tmp_path, LATE)
    recorded(tmp_path / "spool", *WEEK[half:])
    if where == "in the archive":
        recorded(tmp_path / "spool", happened(-9e8))
    if where in ("in both", "in the archive"):
        ship(tmp_path, EARLY if where == "in both" else LATE)
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
            ship(tmp_path, LATE)
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


def test_a_damaged_file_is_left_out_and_counted(tmp_path):
    for n in range(3):
        recorded(tmp_path / "spool", blocked(n))
    ship(tmp_path, LATE)
    archived(tmp_path / "archive")[0].path.write_bytes(b"PAR1")
    archive = Archive(tmp_path)

    assert archive.blocked_lately("games.example", NOON) == {"middle": 2}
    assert archive.losses().refused == 1


def test_a_process_has_one_reader_for_a_state(tmp_path):
    assert open_events(tmp_path) is open_events(tmp_path / ".." / tmp_path.name)
    child = os.fork()
    if child == 0:
        os._exit(0 if open_events(tmp_path) is not None else 1)
    assert os.waitpid(child, 0)[1] == 0
