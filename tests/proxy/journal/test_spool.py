import logging
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from proxy import metrics
from proxy.journal import Journal, Spool, Wanted, client_tag, microseconds
from proxy.journal.codec import pack_template
from proxy.journal.segments import segments
from proxy.journal.waiting import FRAME_EVENTS
from recorded import NOON, PLAIN, append_batch, happened, recorded, spool_in

FAKES = Path(__file__).parents[2] / "fakes"


def test_what_was_appended_is_read_back_whole(tmp_path):
    events = [happened(n, host=f"h{n}.example.org", ticket="7KQ29FXM" if n == 3 else "") for n in range(5)]

    kept = recorded(tmp_path, *events)

    assert list(Journal(tmp_path).events()) == kept
    assert len({event.id for event in kept}) == 5


def test_a_template_gives_the_same_event_as_a_whole_one(tmp_path):
    spool = spool_in(tmp_path, "dns-1")
    template, tag = spool.template(PLAIN), client_tag("192.0.2.9", "zyx")
    spool.append_as(template, microseconds(NOON) + 5, tag, 42)
    spool.close()

    (kept,) = Journal(tmp_path).events()
    expected = happened(5e-6, client="192.0.2.9", subject="zyx", duration_us=42)
    assert kept == replace(expected, id=kept.id, gateway="test-gateway", worker="dns-1")


def test_an_event_with_a_template_of_its_own_takes_the_room_of_its_template(tmp_path):
    spool = spool_in(tmp_path, "http-1", memory_bytes=1 << 16)
    long = pack_template(replace(PLAIN, url="u" * 2000))
    dropped = metrics.EVENTS_DROPPED.bind("memory")
    before = dropped.value
    spool._disk.write = refuses
    for _ in range(100):
        spool.append_own(long, microseconds(NOON), client_tag("192.0.2.9", "zyx"), 42)
    assert 0 < 100 - (dropped.value - before) < 50
    del spool._disk.write
    spool.close()
    kept = list(Journal(tmp_path).events())
    assert len(kept) == 100 - (dropped.value - before)
    assert {(event.client, event.duration_us, len(event.url)) for event in kept} == {("192.0.2.9", 42, 2000)}


def refuses(*_):
    raise OSError(28, "No space left on device")


def test_a_batch_gives_the_same_events_as_one_by_one(tmp_path):
    tags = [client_tag(f"192.0.2.{n}", f"who{n}") for n in range(3)]
    templates = [pack_template(happened(host=f"h{n}.example.org")) for n in range(3)]
    at = microseconds(NOON)
    durations_us = [0, 71, 8]
    kept = []
    for worker, one_by_one in (("dns-1", True), ("dns-2", False)):
        spool = spool_in(tmp_path / worker, "w")
        if one_by_one:
            for n in range(3):
                spool.append_as(templates[n], at, tags[n], durations_us[n])
        else:
            append_batch(spool, at, templates[:1], tags[:1])
            append_batch(spool, at, templates[1:], tags[1:], durations_us[1:])
        spool.close()
        kept.append(list(Journal(tmp_path / worker).events()))
    assert len({event.id for events in kept for event in events}) == 6
    assert [[replace(event, id="") for event in events] for events in kept][1] == [
        replace(event, id="") for event in kept[0]
    ]


def test_a_batch_of_any_size_is_written_whole(tmp_path):
    spool = spool_in(tmp_path, "w")
    events = 2 * FRAME_EVENTS + 5
    templates = [pack_template(happened(host=f"h{n}.example.org")) for n in range(events)]
    append_batch(spool, 1, templates, [client_tag("192.0.2.1", "")] * events)
    append_batch(spool, 1, [], [])
    spool.close()
    assert [event.host for event in Journal(tmp_path).events()] == [
        f"h{n}.example.org" for n in range(events)
    ]


@pytest.mark.parametrize("parts", [([0], []), ([], [b"c"]), ([0], [b"c", b"c"]), ([0], [b"c"], [1, 2])])
def test_a_batch_of_unequal_lists_is_refused(tmp_path, parts):
    spool = spool_in(tmp_path)
    with pytest.raises(ValueError, match="as many"):
        spool.append_batch(1, [b"t"], *parts)
    spool.close()


def test_an_unusable_event_of_a_batch_costs_itself_and_no_other(tmp_path):
    before = metrics.EVENTS_DROPPED.bind("encode").value
    spool = spool_in(tmp_path, sync_ms=10_000)
    tag = client_tag("192.0.2.1", "")
    spool.append(happened(ticket="7KQ29FXM"))
    append_batch(spool, 1, [spool.template(PLAIN), None, spool.template(PLAIN)], [tag] * 3)
    spool.close()

    journal = Journal(tmp_path)
    assert len(list(journal.events())) == 3
    assert journal.by_ticket("7KQ29FXM") is not None
    assert metrics.EVENTS_DROPPED.bind("encode").value - before == 1


class OutOfMemory(bytes):
    """A template at which memory ends."""

    def __len__(self) -> int:
        raise MemoryError


def test_events_that_a_want_of_memory_costs_are_counted_and_the_rest_goes_on(tmp_path):
    before = metrics.EVENTS_DROPPED.bind("memory").value
    spool = spool_in(tmp_path, sync_ms=10_000)
    tag = client_tag("192.0.2.1", "")
    spool.append_own(spool.template(PLAIN), 1, tag, 0)
    for template in (spool.template(PLAIN), OutOfMemory(b"t")):
        spool.append_as(template, 1, tag)
    spool.flush(1.0)
    spool.append_as(spool.template(PLAIN), 1, tag)
    assert spool.flush()
    spool.close()
    assert len(list(Journal(tmp_path).events())) == 1
    assert metrics.EVENTS_DROPPED.bind("memory").value - before == 3


def test_a_batch_that_finds_no_room_or_comes_after_closing_is_dropped_and_counted(tmp_path):
    (tmp_path / "w").write_text("a file where the worker's directory should be")
    spool = spool_in(tmp_path, "w", memory_bytes=20_000)
    batch = [spool.template(PLAIN)] * 20, [client_tag("192.0.2.1", "")] * 20
    for _ in range(10):
        append_batch(spool, 1, *batch)
    assert not spool.flush(0.2)
    for _ in range(10):
        append_batch(spool, 1, *batch)
    (tmp_path / "w").unlink()
    assert spool.flush()
    append_batch(spool, 1, *batch)
    spool.close()
    append_batch(spool, 1, *batch)

    kept, dropped = len(list(Journal(tmp_path).events())), Journal(tmp_path).losses().dropped
    assert dropped > 0
    assert kept + dropped == 21 * 20


def test_an_event_is_on_disk_within_the_sync_time_though_nobody_asks(tmp_path):
    spool = Spool(tmp_path, worker="w", gateway="g", sync_ms=200)
    spool.append(PLAIN)
    deadline = time.monotonic() + 60
    while not list(Journal(tmp_path).events()) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert len(list(Journal(tmp_path).events())) == 1
    assert spool.lag_s() < 5
    spool.close()


def test_flush_says_when_everything_is_on_disk(tmp_path):
    spool = Spool(tmp_path, worker="w", gateway="g", sync_ms=10_000)
    ids = [spool.append(happened(n)) for n in range(100)]

    assert spool.flush()
    assert [event.id for event in Journal(tmp_path).events()] == ids
    spool.close()


def test_what_comes_after_closing_is_counted_as_dropped(tmp_path):
    before = metrics.EVENTS_DROPPED.bind("closed").value
    spool = spool_in(tmp_path)
    spool.close()

    spool.append(PLAIN)
    spool.append_as(spool.template(PLAIN), 1, client_tag("192.0.2.1", ""))

    assert metrics.EVENTS_DROPPED.bind("closed").value - before == 2


def test_an_unusable_row_costs_itself_and_no_other(tmp_path):
    before = metrics.EVENTS_DROPPED.bind("encode").value
    spool = spool_in(tmp_path, sync_ms=10_000)
    tag = client_tag("192.0.2.1", "")
    spool.append(PLAIN)
    spool.append_as(None, 1, tag)
    spool.append(PLAIN)
    spool.close()

    assert len(list(Journal(tmp_path).events())) == 2
    assert metrics.EVENTS_DROPPED.bind("encode").value - before == 1


def test_two_workers_and_two_starts_never_share_an_id(tmp_path):
    kept = [event for worker in ("a", "b", "a") for event in recorded(tmp_path, PLAIN, PLAIN, worker=worker)]

    assert len({event.id for event in kept}) == 6
    assert sorted(event.id for event in Journal(tmp_path).events()) == sorted(event.id for event in kept)


def test_reaching_the_size_bound_early_is_an_alarm_with_a_count(tmp_path, caplog):
    before = metrics.EVENTS_DROPPED.bind("size_bound").value
    spool = spool_in(tmp_path, max_bytes=64_000, segment_bytes=16_000)
    appended = 0
    while not Journal(tmp_path).losses().evicted and appended < 20_000:
        for n in range(20):
            spool.append(happened(appended + n, url=f"https://example.org/{appended + n}"))
        appended += 20
        spool.flush()
    spool.close()

    evicted = metrics.EVENTS_DROPPED.bind("size_bound").value - before
    left = list(Journal(tmp_path).events())
    assert evicted > 0
    assert len(left) + evicted == appended
    assert [e.time for e in left] == [happened(n).time for n in range(int(evicted), appended)]
    assert "journal.max_bytes" in caplog.text
    assert sum(p.stat().st_size for p in segments(tmp_path / "http-1")) <= 64_000 + 16_000


def test_while_the_disk_takes_nothing_events_wait_and_then_are_dropped_counted_and_told(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    before = metrics.EVENTS_DROPPED.bind("memory").value
    (tmp_path / "w").write_text("a file where the worker's directory should be")
    spool = spool_in(tmp_path, "w", memory_bytes=20_000)
    ids = [spool.append(happened(n)) for n in range(500)]
    assert not spool.flush(0.2)
    dropped = metrics.EVENTS_DROPPED.bind("memory").value - before
    assert 0 < dropped < 500
    assert spool.lag_s() > 0

    (tmp_path / "w").unlink()
    assert spool.flush()
    spool.append(happened(1000))
    spool.close()

    kept = [event.id for event in Journal(tmp_path).events()]
    assert kept == sorted(kept)
    assert set(kept[:-1]) < set(ids)
    assert (len(kept) - 1, Journal(tmp_path).losses().dropped) == (500 - dropped, dropped)
    told = [record.levelname for record in caplog.records if record.name == "schoolgate.journal"]
    assert told == ["ERROR", "WARNING"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a tiny file system")
def test_a_full_disk_stops_nothing_and_recording_goes_on_when_there_is_room_again(tmp_path):
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        (place / "other").write_bytes(b"x" * 180_000)
        spool = spool_in(place, "w")
        ids = [spool.append(happened(n, url=f"https://example.org/{n}" + "a" * 900)) for n in range(400)]
        assert not spool.flush(0.3)
        (place / "other").unlink()
        subprocess.run(["mount", "-o", "remount,size=2m", str(place)], check=True)
        assert spool.flush()
        spool.close()

        assert [event.id for event in Journal(place).events()] == ids
        assert Journal(place).losses().damaged == 0
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_file_size_limit_makes_more_files_and_loses_nothing(tmp_path):
    """EFBIG instead of ENOSPC: the frame that did not fit is written to the next segment."""
    code = f"""
import resource, sys
sys.path.insert(0, {str(FAKES)!r})
from recorded import happened, spool_in
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
spool = spool_in(Path({str(tmp_path)!r}), "w")
for n in range(100):
    spool.append(happened(n, url=str(n) + "a" * 900))
    if n % 10 == 9:
        assert spool.flush()
spool.close()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stderr=subprocess.DEVNULL)

    assert [event.time for event in Journal(tmp_path).events()] == [happened(n).time for n in range(100)]
    assert len(segments(tmp_path / "w")) > 1
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


WRITER = f"""
import sys
sys.path.insert(0, {str(FAKES)!r})
from itertools import count
from pathlib import Path
from recorded import PLAIN, append_batch, happened, spool_in
from proxy.journal import client_tag, microseconds
spool = spool_in(Path(sys.argv[1]), "w", segment_bytes=200_000)
template, tag = spool.template(PLAIN), client_tag("192.0.2.1", "")
for n in count():
    if n % 200 < 50:
        append_batch(spool, microseconds(happened(n).time), [template], [tag])
    elif n % 2:
        spool.append(happened(n, bytes=n, url=f"https://example.org/{{n}}"))
    else:
        spool.append_as(template, microseconds(happened(n).time), tag, n)
    if n % 200 == 199:
        spool.flush()
        print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_synced_and_leaves_nothing_corrupt(tmp_path):
    synced = []
    for round_ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        last = -1
        for _ in range(3 + 5 * round_):
            last = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split("\n")
        child.wait()
        child.stdout.close()
        synced.append(max([last, *[int(line) for line in rest[:-1] if line]]))

    journal = Journal(tmp_path)
    by_boot = {}
    for event in journal.events():
        by_boot.setdefault(event.id[10:18], []).append(event)
    assert journal.losses().damaged == 0
    assert len(by_boot) == len(synced)
    for events, last in zip(sorted(by_boot.values(), key=len), sorted(synced), strict=True):
        numbers = [int((event.time - NOON).total_seconds()) for event in events]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > last
        assert all(
            e.duration_us == 0 if n % 200 < 50 else e.bytes == n if n % 2 else e.duration_us == n
            for e, n in zip(events, numbers, strict=True)
        )
    assert list(journal.events(Wanted(host="elsewhere.example"))) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness of its own")
@pytest.mark.parametrize(("process", "writer"), [(0, 10), (15, 15)], ids=["usual", "already nicer"])
def test_the_writer_gives_way_and_never_asks_for_more_than_its_process_has(tmp_path, process, writer):
    code = (
        "import os, sys, threading; from pathlib import Path; from proxy.journal.spool import Spool\n"
        "os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[2]))\n"
        "spool = Spool(Path(sys.argv[1]), worker='w', gateway='g')\n"
        "assert spool.flush()\n"
        "(thread,) = (one for one in threading.enumerate() if one.name == 'spool w')\n"
        "print(os.getpriority(os.PRIO_PROCESS, thread.native_id)); spool.close()"
    )
    words = [sys.executable, "-c", code, str(tmp_path), str(process)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout == f"{writer}\n"
