import sqlite3
from contextlib import closing

import pytest

from proxy.journal.counts_tables import DAY_US, are_there, make
from proxy.journal.recent import HOUR_US


@pytest.fixture
def database(tmp_path):
    with closing(sqlite3.connect(tmp_path / "counts.sqlite", isolation_level=None)) as opened:
        yield opened


def days(database):
    return database.execute("select * from by_list_and_day").fetchall()


def test_they_are_made_in_place_of_what_is_there(database):
    assert not are_there(database)
    database.execute("create table counted (of_another_form text)")

    make(database)

    assert are_there(database)
    assert database.execute("select key from counted").fetchall() == []


def test_what_is_there_is_left_alone(database):
    make(database)
    database.execute("insert into counted values (1, 'a', 0, 0, 1)")

    make(database)

    assert database.execute("select key from counted").fetchall() == [("a",)]


def test_a_day_has_the_sum_of_its_hours_and_goes_with_the_last_of_them(database):
    make(database)
    rows = [(0, 1), (DAY_US - HOUR_US, 2), (DAY_US, 4), (2 * DAY_US - HOUR_US, 8)]
    for hour_us, blocks in rows:
        database.execute("insert into by_list values (?, 'ut1', 'games', 1, ?)", (hour_us, blocks))
    assert days(database) == [(0, "ut1", "games", 3), (DAY_US, "ut1", "games", 12)]

    database.execute("delete from by_list where hour_us in (0, ?)", (DAY_US,))
    assert days(database) == [(0, "ut1", "games", 2), (DAY_US, "ut1", "games", 8)]
    database.execute("delete from by_list")
    assert days(database) == []
