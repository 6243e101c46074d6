import os
import stat

import pytest

from proxy.journal.disk import SEGMENT_SPAN_US, SegmentWriter
from proxy.journal.event import microseconds
from proxy.journal.frames import pack_events
from proxy.journal.pile import Pile
from proxy.journal.read import Journal
from proxy.journal.segments import segments, summary
from recorded import NOON, happened, recorded

T0 = microseconds(NOON)


def frame(time_us=T0, events=1, size=1000):
    rows = [(n, time_us, 0, b"x" * size, b"c", None) for n in range(events)]
    return pack_events(Pile(rows), boot=1, origin=("g", "w"))


def write(writer, *frames):
    for header, octets in frames:
        writer.write(header, octets, [])


@pytest.fixture
def writer(tmp_path):
    writer = SegmentWriter(tmp_path / "spool" / "w", segment_bytes=1 << 20, max_bytes=1 << 30)
    yield writer
    writer.finish()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277])
def test_files_are_0600_and_directories_0700_whatever_the_umask(writer, umask):
    before = os.umask(umask)
    try:
        write(writer, frame())
    finally:
        os.umask(before)

    (path,) = segments(writer.directory)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (writer.directory.parent, writer.directory, path)]
    assert modes == [0o700, 0o700, 0o600]


def test_a_segment_is_finished_before_it_outgrows_its_bound(tmp_path):
    writer = SegmentWriter(tmp_path, segment_bytes=3000, max_bytes=1 << 30)
    write(writer, *[frame() for _ in range(4)])
    writer.finish()

    sizes = [path.stat().st_size for path in segments(tmp_path)]
    assert len(sizes) == 2
    assert max(sizes) < 3000


def test_a_segment_is_finished_after_six_hours_of_events(writer):
    write(
        writer,
        frame(T0),
        frame(T0 + SEGMENT_SPAN_US),
        frame(T0 + SEGMENT_SPAN_US + 1),
        frame(T0 + SEGMENT_SPAN_US),
    )

    assert len(segments(writer.directory)) == 2


def test_a_clock_set_far_back_begins_a_new_segment(writer):
    write(writer, frame(T0), frame(T0 - SEGMENT_SPAN_US - 1))

    assert len(segments(writer.directory)) == 2


def test_beyond_the_size_bound_the_oldest_finished_segments_go_and_are_counted(tmp_path):
    writer = SegmentWriter(tmp_path, segment_bytes=3000, max_bytes=12_000)
    write(writer, *[frame(events=5) for _ in range(12)])

    assert segments(tmp_path)[0].stem == "00000001"
    evicted = writer.make_room()
    writer.finish()

    left = segments(tmp_path)
    assert left[0].stem != "00000001"
    assert sum(path.stat().st_size for path in left) <= 12_000 + 3000
    assert evicted + sum(1 for _ in frames_events(left)) == 60
    assert writer.make_room() == 0


def frames_events(paths):
    for path in paths:
        with path.open("rb") as file:
            yield from range(summary(file.fileno()).total.events)


def test_a_start_finishes_what_a_dead_predecessor_left_and_begins_a_segment_of_its_own(tmp_path):
    recorded(tmp_path, happened(1), worker="w")
    (old,) = segments(tmp_path / "w")
    with old.open("r+b") as file:
        file.truncate(old.stat().st_size - 20)

    writer = SegmentWriter(tmp_path / "w", segment_bytes=1 << 20, max_bytes=1 << 30)
    write(writer, frame())
    writer.finish()

    assert [path.stem for path in segments(tmp_path / "w")] == ["00000001", "00000002"]
    with old.open("rb") as file:
        assert summary(file.fileno()).tickets == {}


def test_a_segment_deleted_under_the_writer_is_replaced(writer):
    write(writer, frame())
    segments(writer.directory)[0].unlink()
    write(writer, frame())

    with segments(writer.directory)[0].open("rb") as file:
        assert summary(file.fileno()).total.events == 1


def test_a_refused_write_leaves_nothing_of_its_frame(tmp_path):
    """A directory in which no file can be made: the next call tries again."""
    blocked = tmp_path / "w"
    blocked.write_text("a file where the directory should be")
    writer = SegmentWriter(blocked, segment_bytes=1 << 20, max_bytes=1 << 30)
    with pytest.raises(OSError, match="exists"):
        write(writer, frame())

    blocked.unlink()
    write(writer, frame())
    writer.finish()

    assert Journal(tmp_path).losses().dropped == 0
    assert len(segments(blocked)) == 1
