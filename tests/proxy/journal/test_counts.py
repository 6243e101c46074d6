import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from proxy.journal import counts
from proxy.journal.archived import archived
from proxy.journal.counts import NAME, Book, at_or_below, forget_gone, key_text, reading, turned
from proxy.journal.counts_tables import DAY_US
from proxy.journal.recent import HOUR_US, Blocked
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded

ALL = (0, 1 << 60)
GAMES = Blocked(HOUR_US, "games.example", "middle", "www.physics.example", "ut1", "games")


@pytest.fixture
def files(tmp_path):
    """Three files of an archive, none of them counted."""
    for n in range(3):
        recorded(tmp_path / "spool", happened(n))
    ship(tmp_path, NOON)
    counts.throw_away(tmp_path / "archive")
    return archived(tmp_path / "archive")


@pytest.fixture
def archive(tmp_path, files):
    return tmp_path / "archive"


def add(archive, file, *blocks, by_host=True):
    with closing(Book(archive)) as book:
        book.add(file, blocks, by_host=by_host)


def sums(archive, table, name, host=None, hours=ALL, without=(), by_day=""):
    column = "page" if table == "needed" else "host"
    where = at_or_below(column, host) if host else counts.Condition("true", {})
    with reading(archive) as found:
        return dict(found.sums(table, name, where, hours, without, by_day))


def test_what_is_below_a_name_begins_with_it_turned_round():
    assert turned("www.games.example") == "example.games.www."
    assert turned("games.example") == "example.games."
    assert not turned("games-x.example").startswith(turned("games.example"))


def test_blocks_are_summed_up_by_host_by_page_and_by_list(archive, files):
    add(
        archive, files[0], (GAMES, 2), (GAMES._replace(host="play.games.example"), 3),
        (GAMES._replace(host="games-x.example", group="high", referring_host=""), 5),
    )  # fmt: skip

    assert sums(archive, "blocked", "grp", "games.example") == {("middle",): 5}
    assert sums(archive, "blocked", "grp", "play.games.example") == {("middle",): 3}
    assert sums(archive, "blocked", "grp", "example") == {("middle",): 5, ("high",): 5}
    assert sums(archive, "needed", "host", "physics.example") == {
        ("games.example",): 2,
        ("play.games.example",): 3,
    }
    assert sums(archive, "by_list", "list_id, category") == {("ut1", "games"): 10}


def test_hours_and_files_can_be_left_out(archive, files):
    add(archive, files[0], (GAMES, 1), (GAMES._replace(hour_us=2 * HOUR_US), 10))
    add(archive, files[1], (GAMES, 100))
    with reading(archive) as found:
        numbers = found.files(*ALL, by_host=True)

    assert sums(archive, "blocked", "grp", hours=(HOUR_US, 2 * HOUR_US)) == {("middle",): 101}
    assert sums(archive, "blocked", "grp", without=[numbers[key_text(files[1].key)]]) == {("middle",): 11}


def by_list(archive, hours=ALL, without=(), by_day="by_list_and_day"):
    return sums(archive, "by_list", "list_id, category", hours=hours, without=without, by_day=by_day)


def test_whole_days_are_read_as_such_and_the_hours_before_and_after_by_themselves(archive, files):
    for number, file in enumerate(files):
        hours = (0, 22, 23, 24, 25, 47, 48, 71, 72, 80)[number:]
        add(archive, file, *((GAMES._replace(hour_us=hour * HOUR_US), 10**number + hour) for hour in hours))
    edges = [hour * HOUR_US for hour in (0, 1, 22, 23, 24, 25, 47, 48, 49, 72, 73, 96)]

    for begin in edges:
        for end in edges:
            assert by_list(archive, (begin, end)) == by_list(archive, (begin, end), by_day=""), (begin, end)
    with closing(sqlite3.connect(archive / NAME)) as database:
        database.execute("update by_list_and_day set blocks = 1000 where day_us = ?", (DAY_US,))
        database.commit()
    assert by_list(archive, (DAY_US, 2 * DAY_US)) == {("ut1", "games"): 1000}
    assert by_list(archive, (DAY_US, 2 * DAY_US - HOUR_US)) != {("ut1", "games"): 1000}


def test_the_sums_of_days_follow_what_is_added_late_and_what_goes(archive, files):
    other = GAMES._replace(list_id="starter", hour_us=30 * HOUR_US)
    add(archive, files[1], (GAMES, 1), (other, 5))
    add(archive, files[2], (GAMES._replace(hour_us=50 * HOUR_US), 10))
    add(archive, files[0], (GAMES._replace(hour_us=3 * HOUR_US), 100))  # the oldest comes last

    assert by_list(archive, (0, DAY_US)) == {("ut1", "games"): 101}
    assert by_list(archive, (0, 3 * DAY_US)) == {("ut1", "games"): 111, ("starter", "games"): 5}
    with reading(archive) as found:
        numbers = found.files(*ALL, by_host=True)
    gone = numbers[key_text(files[1].key)]
    assert by_list(archive, (0, 3 * DAY_US), [gone]) == {("ut1", "games"): 110}
    with closing(Book(archive)) as book:
        book.forget([gone])
        book.forget_hosts(1 << 62)
    assert by_list(archive, (0, 3 * DAY_US)) == {("ut1", "games"): 110}
    assert b"starter" not in (archive / NAME).read_bytes()


def test_two_who_count_the_same_at_once_count_it_once(archive, files):
    begins = threading.Barrier(2)

    def count():
        begins.wait()
        with closing(Book(archive)) as book:
            for file in files:
                with suppress(counts.Error):
                    book.add(file, [(GAMES, 1)], by_host=True)

    together = [threading.Thread(target=count) for _ in range(2)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert by_list(archive) == by_list(archive, (0, DAY_US)) == {("ut1", "games"): 3}


def test_files_are_known_by_the_time_that_they_hold(archive, files):
    for file in files:
        add(archive, file)
    first, last = files[1].first_us, files[1].last_us

    with reading(archive) as found:
        assert [*found.files(first, last + 1, by_host=True)] == [key_text(files[1].key)]
        assert len(found.files(first, last + 2_000_000, by_host=True)) == 2


def test_old_counts_are_kept_by_list_alone(archive, files):
    for file in files:
        add(archive, file, (GAMES, 1))
    with closing(Book(archive)) as book:
        book.forget_hosts(files[2].first_us)

    assert sums(archive, "blocked", "grp") == {("middle",): 1}
    assert sums(archive, "needed", "host") == {("games.example",): 1}
    assert sums(archive, "by_list", "list_id") == {("ut1",): 3}
    with reading(archive) as found:
        assert (len(found.files(*ALL, by_host=True)), len(found.files(*ALL, by_host=False))) == (1, 3)


def test_a_file_is_counted_whole_or_not_at_all(archive, files):
    def breaks():
        yield GAMES, 1
        raise RuntimeError("stopped in the middle")

    with closing(Book(archive)) as book:
        with pytest.raises(RuntimeError):
            book.add(files[0], breaks(), by_host=True)
        book.add(files[1], [(GAMES, 1)], by_host=True)
        with pytest.raises(counts.Error):  # it is counted already
            book.add(files[1], [(GAMES, 5)], by_host=True)
        assert [*book.keys()] == [key_text(files[1].key)]
    assert sums(archive, "blocked", "grp") == {("middle",): 1}


def test_the_counts_of_a_file_go_with_it(archive, files):
    for file in files:
        add(archive, file, (GAMES, 1))
    assert forget_gone(archive) == 0
    files[0].path.unlink()

    assert forget_gone(archive) == 1
    assert forget_gone(archive) == 0
    assert sums(archive, "blocked", "grp") == {("middle",): 2}
    assert b"games" in (archive / NAME).read_bytes()
    for file in files[1:]:
        file.path.unlink()
    forget_gone(archive)
    assert b"games.www" not in (archive / NAME).read_bytes()
    assert b"ut1" not in (archive / NAME).read_bytes()


def test_without_counts_there_is_nothing_to_read_or_to_forget(tmp_path):
    with reading(tmp_path) as found:
        assert found is None
    assert forget_gone(tmp_path) == 0
    assert not (tmp_path / NAME).exists()


def test_nobody_else_can_read_them(archive, files):
    add(archive, files[0], (GAMES, 1))

    assert {oct(path.stat().st_mode & 0o777) for path in archive.glob(f"{NAME}*")} == {"0o600"}


@pytest.mark.parametrize("octets", [b"no database" * 400, b"SQLite format 3\0" + bytes(4000)])
def test_damaged_counts_begin_anew(archive, files, octets):
    (archive / NAME).write_bytes(octets)
    with pytest.raises(counts.Error), reading(archive) as found:
        found.files(*ALL, by_host=True)

    add(archive, files[0], (GAMES, 7))
    assert sums(archive, "blocked", "grp") == {("middle",): 7}


def test_counts_of_another_form_are_made_anew(archive, files):
    add(archive, files[0], (GAMES, 7))
    with closing(sqlite3.connect(archive / NAME)) as database:
        database.execute("pragma user_version = 99")
    with reading(archive) as found:
        assert found is None
    assert forget_gone(archive) == 0

    add(archive, files[0], (GAMES, 8))
    assert sums(archive, "blocked", "grp") == {("middle",): 8}


def test_times_beyond_all_calendars_fit(archive, files):
    add(archive, replace(files[0], first_us=(1 << 64) - 1, last_us=(1 << 64) - 1), (GAMES, 1))

    assert sums(archive, "by_list", "list_id") == {("ut1",): 1}


def test_a_full_disk_is_no_damage():
    assert not counts.is_damaged(sqlite3.OperationalError("database or disk is full"))
