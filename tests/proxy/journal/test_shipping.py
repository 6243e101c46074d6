import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proxy.decision.verdict import Action
from proxy.journal import Journal, moment
from proxy.journal.archive import Archive
from proxy.journal.archived import LOCK, READING, archived
from proxy.journal.counts import NAME
from proxy.journal.segments import segments
from proxy.journal.shipping import ABANDONED, KEPT_IN_SPOOL, Shipped, Shipper, ship
from recorded import NOON, happened, recorded, spool_in

HERE = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)


def written_at(path):
    return moment(path.stat().st_mtime_ns // 1000)


def a_morning(state, worker="http-1", pieces=3, **changes):
    """A few finished segments of one worker."""
    kept = []
    for piece in range(pieces):
        events = [happened(100 * piece + n, **changes) for n in range(20)]
        kept += recorded(state / "spool", *events, worker=worker)
    return kept


def blocks(state):
    """How many blocks are counted, however they are."""
    return sum(one.blocks for one in Archive(state).blocks_by_list(NOON, NOON + timedelta(days=1)))


def files_of(state, worker="http-1"):
    return [one.number for one in archived(state / "archive") if one.worker == worker]


def spooled(state, worker="http-1"):
    return [int(path.stem) for path in segments(state / "spool" / worker)]


def later(state):
    """A moment at which every segment has been finished long enough."""
    newest = max(path.stat().st_mtime_ns for path in (state / "spool").rglob("*.sgj"))
    return moment(newest // 1000) + KEPT_IN_SPOOL + MINUTE


def test_finished_segments_go_into_the_archive_and_later_from_the_spool(tmp_path):
    kept = a_morning(tmp_path)
    at = written_at(segments(tmp_path / "spool" / "http-1")[0])

    assert ship(tmp_path, at) == Shipped(segments=3, events=60)
    assert (files_of(tmp_path), spooled(tmp_path)) == ([1, 2, 3], [1, 2, 3])
    assert ship(tmp_path, at) == Shipped()
    assert ship(tmp_path, later(tmp_path)) == Shipped(freed=2)
    assert (files_of(tmp_path), spooled(tmp_path)) == ([1, 2, 3], [3])
    assert list(Archive(tmp_path).events()) == kept


def test_the_newest_segment_stays_so_that_numbers_go_on(tmp_path):
    a_morning(tmp_path)
    ship(tmp_path, later(tmp_path))

    kept = recorded(tmp_path / "spool", happened(1000))

    assert spooled(tmp_path) == [3, 4]
    ship(tmp_path, later(tmp_path))
    assert (files_of(tmp_path), spooled(tmp_path)) == ([1, 2, 3, 4], [4])
    assert [*Archive(tmp_path).events()][-1:] == kept


def test_a_segment_that_is_still_written_stays_where_it_is(tmp_path):
    spool = spool_in(tmp_path / "spool")
    spool.append(happened(0))
    spool.flush()

    assert ship(tmp_path, datetime.now(UTC)) == Shipped()
    spool.close()
    assert ship(tmp_path, datetime.now(UTC)) == Shipped(segments=1, events=1)


def test_a_torn_segment_waits_until_no_living_worker_can_have_it(tmp_path):
    kept = a_morning(tmp_path, pieces=1)
    (path,) = segments(tmp_path / "spool" / "http-1")
    os.truncate(path, path.stat().st_size - 3)
    abandoned = written_at(path) + ABANDONED

    assert ship(tmp_path, abandoned) == Shipped()
    assert ship(tmp_path, abandoned + MINUTE) == Shipped(segments=1, events=20)
    assert list(Archive(tmp_path).events()) == kept


def test_a_worker_that_counts_anew_takes_no_place_in_the_archive(tmp_path):
    first = a_morning(tmp_path, pieces=1)
    ship(tmp_path, later(tmp_path))
    (path,) = segments(tmp_path / "spool" / "http-1")
    path.unlink()
    second = recorded(tmp_path / "spool", *[happened(500 + n) for n in range(20)])

    assert ship(tmp_path, later(tmp_path)) == Shipped(segments=1, events=20)
    assert files_of(tmp_path) == [1, 1]
    assert list(Archive(tmp_path).events()) == first + second


def test_nobody_else_can_read_the_archive(tmp_path):
    a_morning(tmp_path)
    ship(tmp_path, later(tmp_path))
    made = [tmp_path / "archive", *(tmp_path / "archive").rglob("*")]

    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_file()} == {"0o600"}


def test_a_damaged_segment_stays_in_the_spool_and_is_said(tmp_path):
    a_morning(tmp_path, pieces=2)
    first, _ = segments(tmp_path / "spool" / "http-1")
    octets = bytearray(first.read_bytes())
    octets[80] ^= 1
    first.write_bytes(octets)
    shipper = Shipper(tmp_path)

    for _ in range(2):
        done = shipper.ship(later(tmp_path))
        assert done.left == (f"{first}: a part of it is damaged: the payload is cut short or damaged",)
    assert (files_of(tmp_path), spooled(tmp_path)) == ([2], [1, 2])


def test_a_damaged_file_is_written_anew_while_the_spool_has_its_segment(tmp_path):
    kept = a_morning(tmp_path)
    ship(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))
    for file in archived(tmp_path / "archive"):
        file.path.write_bytes(b"not parquet")

    assert list(Archive(tmp_path).events()) == kept
    assert ship(tmp_path, later(tmp_path)) == Shipped(segments=3, events=60, freed=2)
    assert files_of(tmp_path) == [1, 2, 3]
    assert list(Archive(tmp_path).events()) == kept


def test_a_file_damaged_in_the_last_moment_does_not_cost_its_segment(tmp_path):
    a_morning(tmp_path)
    shipper = Shipper(tmp_path)
    shipper.ship(datetime(2020, 1, 1, tzinfo=UTC))
    for file in archived(tmp_path / "archive"):
        file.path.chmod(0o600)
        with file.path.open("r+b") as out:
            out.write(b"X")

    assert shipper.ship(datetime(2020, 1, 1, tzinfo=UTC)).segments == 3


def test_nothing_goes_from_the_spool_while_somebody_reads(tmp_path):
    kept = a_morning(tmp_path)
    ship(tmp_path, datetime(2020, 1, 1, tzinfo=UTC))
    reading = Archive(tmp_path).events()
    first = next(reading)

    assert ship(tmp_path, later(tmp_path)) == Shipped()
    assert [first, *reading] == kept
    assert ship(tmp_path, later(tmp_path)) == Shipped(freed=2)


def test_two_do_not_ship_at_once(tmp_path):
    a_morning(tmp_path)
    code = (
        "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "archive" / LOCK)]
    (tmp_path / "archive").mkdir()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        assert ship(tmp_path, later(tmp_path)) == Shipped(busy=True)
        other.stdin.close()
    assert ship(tmp_path, later(tmp_path)).segments == 3


def test_a_directory_that_cannot_be_written_to_costs_nothing(tmp_path):
    a_morning(tmp_path)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "http-1").write_text("a file where the worker's directory should be")

    done = ship(tmp_path, later(tmp_path))

    assert (done.segments, done.freed, len(done.failed)) == (0, 0, 3)
    assert spooled(tmp_path) == [1, 2, 3]


KILLED_AT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from proxy.journal import counting, counts, shipping

WATCHED = {module.__file__ for module in (counting, counts, shipping)}
state, stop, at = Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
passed = 0

def trace(frame, event, argument):
    global passed
    if frame.f_code.co_filename in WATCHED:
        if event == "line":
            passed += 1
            if passed == stop:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return None

sys.settrace(trace)
shipping.ship(state, at)
sys.settrace(None)
print(passed)
"""


def killed_after(state, lines, at):
    """Ship in a process that kills itself after so many lines; False when it came to its end."""
    words = [sys.executable, "-c", KILLED_AT, str(state), str(lines), at.isoformat()]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.processes
def test_whatever_is_killed_when_each_event_is_there_once(tmp_path):
    """Kill -9 in the middle of shipping, further on each time, with what the one before left behind."""
    kept = a_morning(tmp_path, action=Action.BLOCK)
    at, lines, rounds = later(tmp_path), 5, 0

    while killed_after(tmp_path, lines, at):
        assert list(Archive(tmp_path).events()) == kept, f"killed after {lines} lines"
        assert blocks(tmp_path) == 60, f"killed after {lines} lines"
        lines, rounds = lines + 17, rounds + 1

    assert rounds > 5
    assert list(Archive(tmp_path).events()) == kept
    assert (files_of(tmp_path), spooled(tmp_path)) == ([1, 2, 3], [3])
    assert blocks(tmp_path) == 60
    left = {path.name for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    assert left - {f"{NAME}-wal", f"{NAME}-shm"} == {LOCK, READING, NAME} | {
        one.path.name for one in archived(tmp_path / "archive")
    }


def test_a_spool_that_does_not_exist_yet_is_nothing_to_ship(tmp_path):
    assert ship(tmp_path, datetime.now(UTC)) == Shipped()
    assert list(Journal(tmp_path / "spool").events()) == []
