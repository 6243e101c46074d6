"""`schoolgate audit`, as a process, beside a real database."""

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from postgres_server import PostgresServer, needs_postgres

PROJECT = Path(__file__).parents[3]
ME = f"cli:{pwd.getpwuid(os.getuid()).pw_name}"


class School:
    """The demo's settings with a state of their own, and a console's database that some acts are in."""

    def __init__(self, directory: Path, database: str = "") -> None:
        self.config, self.state = directory / "config", directory / "state"
        shutil.copytree(PROJECT / "config" / "demo", self.config)
        machine = yaml.safe_load((self.config / "gateway.yaml").read_text())
        machine["gateway"]["state"] = str(self.state)
        machine["lists"]["blocklists"] = str(PROJECT / "blocklists")
        (self.config / "gateway.yaml").write_text(yaml.safe_dump(machine))
        if database:
            self._use(database)

    @property
    def file(self) -> Path:
        return self.state / "console" / "console.sqlite3"

    def _use(self, database: str) -> None:
        user, _, rest = database.removeprefix("postgresql://").partition(":")
        password, _, place = rest.partition("@")
        secret = self.config.parent / "password"
        secret.write_text(password)
        secret.chmod(0o600)
        console = yaml.safe_load((self.config / "console.yaml").read_text())
        console["console"] |= {
            "database": f"postgresql://{user}@{place}",
            "database_password_file": str(secret),
        }
        (self.config / "console.yaml").write_text(yaml.safe_dump(console))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "proxy", *words, "--config", str(self.config)],
            capture_output=True,
            text=True,
            check=False,
            cwd=PROJECT,
        )

    def act(self, count: int = 2) -> None:
        """Make the database and leave some records in it."""
        assert self.run("console", "migrate").returncode == 0
        for _ in range(count):
            assert self.run("audit", "export").returncode == 0

    def keep_head(self) -> None:
        """Write the record's head beside the database, as the timers do."""
        from proxy import chained_log

        with closing(sqlite3.connect(self.file)) as database:
            [(number, hash_)] = database.execute("SELECT number, hash FROM audit_audithead").fetchall()
        file = self.state / "audit" / "head.jsonl"
        file.parent.mkdir(exist_ok=True)
        chained_log.append(file, {"at": "2026-11-23T09:00:00+00:00", "number": number, "head": hash_})

    def verdict(self) -> tuple[int, Any]:
        done = self.run("audit", "verify", "--json")
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(tmp_path)


def test_without_a_database_it_cannot_be_said(school: School) -> None:
    done = school.run("audit", "verify")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"schoolgate: {school.file} does not exist; no console ran yet\n"
    assert not school.file.exists()


def test_without_tables_it_cannot_be_said(school: School) -> None:
    school.file.parent.mkdir(parents=True)
    school.file.touch()
    done = school.run("audit", "verify")
    assert done.returncode == 3
    assert done.stderr == "schoolgate: the database cannot be used: no such table: audit_audithead\n"


def test_settings_without_a_console_have_no_record(school: School) -> None:
    (school.config / "console.yaml").unlink()
    done = school.run("audit", "verify")
    assert done.returncode == 3
    assert "have no `console`" in done.stderr


def test_one_byte_changed_by_hand_is_found_and_the_record_is_named(school: School) -> None:
    school.act(1)
    lines = school.run("audit", "export").stdout.splitlines()
    exported = [json.loads(line) for line in lines]
    assert [line["number"] for line in exported] == [1, 2, 3]
    assert (exported[0]["action"], exported[0]["actor"]) == ("guards.installed", "console")
    assert (exported[-1]["action"], exported[-1]["actor"]) == ("audit.export", ME)
    told = school.run("audit", "verify")
    assert (told.returncode, told.stdout) == (
        0,
        f"the record is whole: 3 records, head {exported[-1]['hash']}\n"
        "its head was never written down beside the database: do the timers run?\n",
    )

    with closing(sqlite3.connect(school.file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    victim = exported[-2]
    data = school.file.read_bytes()
    spelled = victim["at"].replace("T", " ").removesuffix("+00:00").encode()
    assert data.count(spelled) == 1
    at = data.index(spelled) + len(spelled) - 1
    school.file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    code, verdict = school.verdict()
    assert (code, verdict["whole"], verdict["first_bad"]) == (1, False, victim["number"])
    told = school.run("audit", "verify")
    assert told.returncode == 1
    assert told.stdout.startswith(f"record {victim['number']}: was changed: ")
    assert told.stderr.endswith(f"the record is not whole; {victim['number'] - 1} records are good\n")


def test_a_restored_copy_goes_on_and_says_what_it_lacks(school: School) -> None:
    school.act(1)
    with closing(sqlite3.connect(school.file)) as database, closing(sqlite3.connect(":memory:")) as copy:
        database.backup(copy)
        assert school.run("audit", "export").returncode == 0
        school.keep_head()
        copy.backup(database)
    code, verdict = school.verdict()
    assert (code, verdict["first_bad"]) == (1, 3)

    done = school.run("audit", "restored", "--because", "the disk died")
    assert done.returncode == 0
    assert done.stdout.startswith("record 3 says so; the heads that were kept until now are in ")
    assert school.verdict()[0] == 0
    again = school.run("audit", "restored", "--because", "the disk died")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "schoolgate: the record lacks nothing of what was kept beside it\n"


@needs_postgres
def test_on_postgresql_too(tmp_path: Path, postgres_server: PostgresServer) -> None:
    school = School(tmp_path, postgres_server.make_database("audited"))
    try:
        school.act()
        assert school.verdict()[0] == 0
        change = "UPDATE audit_auditrecord SET actor = 'x' WHERE number = 2"
        postgres_server.as_superuser(f"SET session_replication_role = replica; {change}", "audited")
        code, verdict = school.verdict()
        assert (code, verdict["first_bad"], verdict["records"]) == (1, 2, 1)
    finally:
        postgres_server.drop_database("audited")
    done = school.run("audit", "verify")
    assert (done.returncode, done.stdout) == (3, "")
    assert "the database cannot be used: " in done.stderr
    assert 'database "audited" does not exist' in done.stderr
