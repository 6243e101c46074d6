"""One byte of the database's file, changed by hand: `verify` finds it and names the record."""

import os
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from audited import acts
from postgres_server import DATABASE
from proxy.console.audit.verify import verify

pytestmark = pytest.mark.skipif(DATABASE in os.environ, reason="SQLite's file is looked into")
PAGE = 4096
GUARDED = ("audit", "people", "review", "incidents")


class Tampered:
    """A SQLite database of six records, in a file that can be written at will."""

    def __init__(self, file: Path, state: Path) -> None:
        self.file = file
        self.state = state
        self.records = acts(6, using="by_hand")
        connections["by_hand"].close()
        self.data = file.read_bytes()

    def changed_at(self, at: int, to: int) -> tuple[list[str], list[object]]:
        """Change one byte; say what is found wrong, and what the records say then."""
        connections["by_hand"].close()
        self.file.write_bytes(self.data[:at] + bytes([to]) + self.data[at + 1 :])
        try:
            found = [str(fault) for fault in verify(self.state, using="by_hand").faults]
        except DatabaseError as error:
            found = [str(error)]
        return found, self._read()

    def _read(self) -> list[object]:
        """All records, as SQLite itself reads them; none where it cannot."""
        with closing(sqlite3.connect(self.file)) as connection, suppress(sqlite3.DatabaseError):
            connection.text_factory = bytes
            return connection.execute("SELECT * FROM audit_auditrecord ORDER BY number").fetchall()
        return []


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Tampered]:
    file = tmp_path / "by_hand.sqlite3"
    options = {**connection.settings_dict["OPTIONS"], "init_command": "PRAGMA journal_mode = DELETE"}
    connections.databases["by_hand"] = {**connection.settings_dict, "NAME": str(file), "OPTIONS": options}
    with django_db_blocker.unblock():
        executor = MigrationExecutor(connections["by_hand"])
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in GUARDED])
        yield Tampered(file, tmp_path)
        connections["by_hand"].close()
        del connections["by_hand"]
        del connections.databases["by_hand"]


def test_as_it_was_written_it_is_whole(database: Tampered) -> None:
    found, read = database.changed_at(0, database.data[0])
    assert (found, len(read)) == ([], 6)


def test_every_byte_of_a_record_is_covered(database: Tampered) -> None:
    fourth = database.records[3]
    texts = [fourth.detail, fourth.hash, "2026-11-23 09:04:00", fourth.about]
    for text in texts:
        places = [match.start() for match in re.finditer(re.escape(text.encode()), database.data)]
        assert places
        for begins in places:  # in the table and in its indexes; a hash also in the record that follows
            for at in range(begins, begins + len(text)):
                assert database.changed_at(at, database.data[at] ^ 1)[0], (text, at - begins)


def test_the_record_is_named(database: Tampered) -> None:
    at = database.data.index(database.records[3].detail.encode())
    assert database.changed_at(at, ord("["))[0] == [
        "record 4: was changed: its content does not fit its hash"
    ]


def test_a_record_that_cannot_be_read_any_more_is_named(database: Tampered) -> None:
    at = database.data.index(database.records[3].detail.encode())
    found = database.changed_at(at, 0xFF)[0]
    assert re.match(r"record 4: cannot be read: .*UTF-8", found[0])


def test_a_record_is_named_wherever_a_byte_of_its_hash_stands(database: Tampered) -> None:
    """In the table, in the index of hashes, and in the record that follows."""
    hash_ = database.records[3].hash.encode()
    named = set()
    for match in re.finditer(re.escape(hash_), database.data):
        found = database.changed_at(match.start(), ord("x"))[0]
        named.add(re.sub(r" \(.*", "", found[0]))
    assert named == {
        "record 4: was changed: its content does not fit its hash",
        "record 5: was changed: its content does not fit its hash",
        "record 4: the database file is damaged: an index names it otherwise than the table",
    }


def test_any_byte_is_found_or_changes_nothing_that_is_read(database: Tampered) -> None:
    _, records = database.changed_at(0, database.data[0])
    chance = random.Random(7)
    page = database.data.index(b"act 4") // PAGE * PAGE
    seen = 0
    for at in chance.sample(range(page, page + PAGE), 200):
        found, read = database.changed_at(at, database.data[at] ^ 1 << chance.randrange(8))
        assert found or read == records, at - page
        seen += bool(found)
    assert seen > 20
