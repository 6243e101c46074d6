"""One builder of triggers: what it lays is refused, and what somebody did to it is seen."""

import os
import re

import pytest
from django.db import IntegrityError, connection, transaction

from audited import run
from postgres_server import DATABASE
from proxy.console.audit import guards
from proxy.console.audit.triggers import (
    Guard,
    changed,
    digests,
    drop,
    foreign,
    kept,
    lay,
    missing,
    of_all_apps,
    same,
    there_are,
)

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = DATABASE in os.environ
of_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="of SQLite the triggers' own text is compared")
of_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE")


def rules(vendor):
    """A shelf on which no book gets another title, and none is taken away."""
    return {
        **kept("shelf_book", "book", "books stay", (same("id"), same("isbn")), vendor),
        "shelf_book_is_named": Guard("book", "UPDATE", "a title stays", changed(("title",), vendor)),
        "shelf_book_is_counted": Guard("book", "INSERT", does="UPDATE shelf SET books = books + 1"),
    }


@pytest.fixture
def shelf():
    run("CREATE TABLE shelf (books integer)")
    run("CREATE TABLE book (id integer PRIMARY KEY, isbn text UNIQUE, title text)")
    run("INSERT INTO shelf VALUES (0)")
    lay(connection, rules)
    run("INSERT INTO book VALUES (1, 'a', 'Optics'), (2, 'b', NULL)")


def refused(statement, words):
    with pytest.raises(IntegrityError, match=f"shelf: {words}"), transaction.atomic():
        run(statement)


def test_it_refuses_what_the_guards_say_and_nothing_else(shelf):
    refused("DELETE FROM book WHERE id = 1", "books stay")
    refused("UPDATE book SET title = 'Light' WHERE id = 1", "a title stays")
    refused("UPDATE book SET title = 'Light' WHERE id = 2", "a title stays")
    run("UPDATE book SET isbn = 'c' WHERE id = 1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT isbn, title FROM book ORDER BY id")
        assert cursor.fetchall() == [("c", "Optics"), ("b", None)]
        cursor.execute("SELECT books FROM shelf")
        assert cursor.fetchall() == [(2,)]


@of_sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO book VALUES (1, 'c', 'Light')",
        "REPLACE INTO book VALUES (3, 'a', 'Light')",
        "UPDATE OR REPLACE book SET id = 1 WHERE id = 2",
        "UPDATE OR REPLACE book SET isbn = 'a' WHERE id = 2",
    ],
)
def test_nothing_takes_the_place_of_what_there_is(shelf, statement):
    refused(statement, "nothing takes the place of what there is")


@of_postgresql
def test_a_table_is_not_emptied(shelf):
    refused("TRUNCATE book", "books stay")


def test_a_trigger_that_is_gone_is_missed_and_laid_again(shelf):
    assert missing(connection, rules) == []
    run(f"DROP TRIGGER shelf_book_is_kept{' ON book' if ON_POSTGRESQL else ''}")
    assert missing(connection, rules) == ["shelf_book_is_kept"]
    run("DELETE FROM book WHERE id = 2")

    lay(connection, rules)

    assert missing(connection, rules) == []
    refused("DELETE FROM book WHERE id = 1", "books stay")


def test_each_is_told_from_every_other_as_long_as_it_is_as_it_was_laid(shelf):
    wanted = digests(connection.vendor, rules)
    assert len(set(wanted.values())) == len(wanted)
    assert {*wanted.items()} <= there_are(connection)

    drop(connection, {"shelf_book_is_kept", "not_there"})

    gone = ("shelf_book_is_kept", wanted["shelf_book_is_kept"])
    assert {*wanted.items()} - there_are(connection) == {gone}


@of_sqlite
def test_one_that_says_something_else_is_missed(shelf):
    run("DROP TRIGGER shelf_book_is_kept")
    run("CREATE TRIGGER shelf_book_is_kept BEFORE DELETE ON book WHEN 1 = 0 BEGIN SELECT 1; END")

    assert missing(connection, rules) == ["shelf_book_is_kept"]


NOTHING = "CREATE OR REPLACE FUNCTION shelf_book_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
ANOTHER = "DROP TRIGGER shelf_book_is_kept ON book; CREATE TRIGGER shelf_book_is_kept "


@of_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("ALTER TABLE book DISABLE TRIGGER shelf_book_is_kept", id="off"),
        pytest.param("ALTER TABLE book ENABLE REPLICA TRIGGER shelf_book_is_kept", id="for replicas alone"),
        pytest.param(NOTHING + "$$BEGIN RETURN OLD; END$$", id="a function that never refuses"),
        pytest.param(
            "ALTER FUNCTION shelf_book_is_kept() SET search_path = pg_catalog", id="looks at other tables"
        ),
        pytest.param(
            ANOTHER + "BEFORE DELETE ON book FOR EACH ROW WHEN (false) EXECUTE FUNCTION shelf_book_is_kept()",
            id="a condition that never holds",
        ),
        pytest.param(
            ANOTHER + "BEFORE DELETE ON shelf FOR EACH ROW EXECUTE FUNCTION shelf_book_is_kept()",
            id="another table",
        ),
        pytest.param(
            ANOTHER + "BEFORE DELETE ON book FOR EACH ROW EXECUTE FUNCTION shelf_book_is_named()",
            id="another function",
        ),
    ],
)
def test_one_that_is_off_or_does_something_else_is_missed(shelf, statement):
    run(statement)

    assert missing(connection, rules) == ["shelf_book_is_kept"]


def test_what_nobody_asked_for_is_seen_where_something_is_kept(shelf):
    run("CREATE TABLE chair (id integer)")
    assert foreign(connection, rules) == []

    if ON_POSTGRESQL:
        run("CREATE FUNCTION skips() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$")
        for table in ("book", "chair"):
            run(f"CREATE TRIGGER skips BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION skips()")
        run("CREATE RULE nothing AS ON DELETE TO book DO INSTEAD NOTHING")
    else:
        for name, table in (("skips", "BOOK"), ("others", "chair")):
            run(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END")

    assert foreign(connection, rules) == (
        ["rule nothing on book", "skips on book"] if ON_POSTGRESQL else ["skips on book"]
    )
    assert missing(connection, rules) == []


def test_all_apps_that_guard_something_are_looked_at():
    wanted = of_all_apps(connection.vendor)

    assert {"audit_record_stays", "incidents_incident_stays_ended", "review_law_forbids"} <= wanted.keys()
    assert wanted.items() >= guards.rules(connection.vendor).items()
    assert missing(connection, of_all_apps) == []
    assert foreign(connection, of_all_apps) == []


@of_sqlite
def test_no_unique_key_of_a_table_that_is_kept_is_forgotten():
    """REPLACE deletes the row that has the key; each key has to be looked for."""
    wanted = of_all_apps("sqlite")
    tables = {name: guard for name, guard in wanted.items() if name.endswith("_is_new")}
    assert len(tables) == 20
    with connection.cursor() as cursor:
        for guard in tables.values():
            ways = guard.when.split(" OR EXISTS ")
            looked_for = {frozenset(re.findall(r"o\.(\w+) = NEW\.", way)) for way in ways}
            cursor.execute(f"PRAGMA table_info({guard.table})")
            keys = {frozenset(column[1] for column in cursor.fetchall() if column[5])}
            cursor.execute(f"PRAGMA index_list({guard.table})")
            for unique in [row[1] for row in cursor.fetchall() if row[2]]:
                cursor.execute(f"PRAGMA index_info({unique})")
                keys.add(frozenset(column[2] for column in cursor.fetchall()))
            assert keys == looked_for, guard.table


def test_other_databases_have_no_triggers_and_say_so():
    class Other:
        vendor = "oracle"
        cursor = connection.cursor

    for act in (lay, missing):
        with pytest.raises(NotImplementedError, match="for oracle; use SQLite or PostgreSQL"):
            act(Other(), rules)
