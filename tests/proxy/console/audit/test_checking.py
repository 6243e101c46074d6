"""Checking the record for somebody at its page: at once or by the timers, one at a time."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audited import AT, acts, tamper, tampering
from proxy.console.audit import checking
from proxy.console.audit.checking import Asked, Checked, Outcome, ask, asked, check_if_asked, last_checked
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.site.config import ConsoleConfig, config

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
HOLDING = """
import fcntl, os, sys
held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def running(tmp_path: Path) -> ConsoleConfig:
    """A console of which nobody has checked the record yet."""
    return replace(config(), state=tmp_path)


@pytest.fixture
def long_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that is too long to be checked while a page waits."""
    acts(3)
    monkeypatch.setattr(checking, "AT_ONCE", 2)


def checks() -> list[str]:
    return [*AuditRecord.objects.filter(action="audit.verify").values_list("actor", flat=True)]


def test_a_short_record_is_checked_at_once(running: ConsoleConfig) -> None:
    last = acts(3)[-1]
    assert last_checked(running) is None
    assert ask(running, "person:17", LATER) is Outcome.DONE
    first = AuditRecord.objects.get(number=1).at
    assert last_checked(running) == Checked(LATER, "person:17", 3, last.hash, first, ())
    assert checks() == ["person:17"]
    assert asked(running) is None
    assert {path.stat().st_mode & 0o077 for path in running.folder.iterdir()} == {0}


def test_what_is_wrong_stands_there_until_the_next_check(running: ConsoleConfig) -> None:
    acts(3)
    tamper("UPDATE audit_auditrecord SET actor = 'person:1' WHERE number = 2")
    ask(running, "person:17", LATER)
    found = last_checked(running)
    assert found is not None
    assert (found.records, found.faults) == (1, ("record 2: was changed: its content does not fit its hash",))
    tamper("UPDATE audit_auditrecord SET actor = 'person:17' WHERE number = 2")
    ask(running, "person:18", LATER)
    found = last_checked(running)
    assert found is not None
    assert (found.by, found.records, found.faults) == ("person:18", 4, ())


@pytest.mark.usefixtures("long_record")
def test_a_long_record_waits_for_the_timers(running: ConsoleConfig) -> None:
    assert not check_if_asked(running, AT)
    assert ask(running, "person:17", AT) is Outcome.ASKED
    assert asked(running) == Asked(AT, "person:17")
    assert ask(running, "person:18", LATER) is Outcome.BUSY
    assert (checks(), last_checked(running)) == ([], None)

    assert check_if_asked(running, LATER)
    found = last_checked(running)
    assert found is not None
    assert (found.at, found.by, found.records) == (LATER, "person:17", 3)
    assert checks() == ["person:17"]
    assert not check_if_asked(running, LATER)
    assert ask(running, "person:18", LATER) is Outcome.ASKED


def test_one_check_at_a_time_and_a_killed_one_holds_nobody_up(running: ConsoleConfig) -> None:
    acts(1)
    running.folder.mkdir()
    command = [sys.executable, "-c", HOLDING, str(running.folder / checking.LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert ask(running, "person:17", AT) is Outcome.BUSY
        other.kill()
    assert checks() == []
    assert ask(running, "person:17", AT) is Outcome.DONE


@pytest.mark.usefixtures("long_record")
def test_the_timers_wait_for_who_checks_and_keep_the_wish(running: ConsoleConfig) -> None:
    ask(running, "person:17", AT)
    command = [sys.executable, "-c", HOLDING, str(running.folder / checking.LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert not check_if_asked(running, LATER)
        other.kill()
    assert check_if_asked(running, LATER)


def test_a_record_that_takes_nothing_is_checked_all_the_same(running: ConsoleConfig) -> None:
    acts(2)
    with tampering():
        AuditHead.objects.all().delete()
    assert ask(running, "person:17", AT) is Outcome.DONE
    found = last_checked(running)
    assert found is not None
    assert (found.recorded, found.faults) == (False, ("the head's row is gone from the database",))
    assert checks() == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"at": "today"}', '{"at": 5, "by": []}', '{"faults": 3}']
)
def test_files_that_say_nothing_are_none(running: ConsoleConfig, text: str) -> None:
    running.folder.mkdir()
    for name in (checking.WISH, checking.RESULT):
        (running.folder / name).write_text(text)
    assert (asked(running), last_checked(running)) == (None, None)
