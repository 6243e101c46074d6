import signal
import subprocess
import sys

import pytest

from proxy.journal.duck import DatabaseError, opened

SPILLING = """
import sys
from pathlib import Path
from proxy.journal import duck
duck._CONFIG = {**duck._CONFIG, "memory_limit": "16MB"}
database = duck.opened(Path(sys.argv[1]))
database.execute("create table much as select random() as a, random() as b from range(2000000)")
print("spilled", flush=True)
sys.stdin.read()
"""

FORKING = """
import os, sys
from pathlib import Path
from proxy.journal.spill import give_back_with, own_place
class Owner: pass
owner = Owner()
place, held = own_place(Path(sys.argv[1]))
give_back_with(owner, place, held)
child = os.fork()
if child == 0:
    del owner
    os._exit(0)
os.waitpid(child, 0)
print("still there" if place.exists() else "gone")
"""


@pytest.fixture
def archive(tmp_path):
    made = tmp_path / "archive"
    made.mkdir()
    return made


def places(archive):
    return {path.name for path in (archive / ".spill").iterdir()}


def test_what_a_killed_process_left_goes_when_the_next_one_starts(archive):
    command = [sys.executable, "-c", SPILLING, str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"spilled\n"
        left = places(archive)
        assert [path for name in left for path in (archive / ".spill" / name).iterdir()]
        beside = opened(archive)
        assert left < places(archive), "what lives was taken away"
        killed.send_signal(signal.SIGKILL)
    assert left < places(archive)

    again = opened(archive)

    assert len(places(archive)) == 2
    assert not left & places(archive)
    again.close()
    beside.close()


def test_what_lies_there_and_is_nobodys_goes_too(archive):
    (archive / ".spill").mkdir()
    (archive / ".spill" / "duckdb_temp_storage-0.tmp").write_text("of before")
    (archive / ".spill" / "elsewhere").symlink_to(archive)

    database = opened(archive)

    assert len(places(archive)) == 1
    assert archive.exists()
    database.close()


def test_a_place_goes_with_its_database(archive):
    database = opened(archive)
    place = (archive / ".spill") / places(archive).pop()
    (place / "spilled").write_text("much")
    database.close()
    del database

    assert places(archive) == set()


def test_a_forked_child_takes_nothing_away(archive):
    done = subprocess.run([sys.executable, "-c", FORKING, str(archive)], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("still there\n", "")
    assert places(archive) == set()


def test_where_nobody_may_write_small_questions_are_answered(tmp_path):
    database = opened(tmp_path / "not-there")

    assert database.execute("select 7").fetchone() == (7,)
    with pytest.raises(DatabaseError):
        database.execute("set temp_directory = '/tmp'")
    database.close()
