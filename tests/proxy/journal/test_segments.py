import os

from proxy.journal.frames import HEADER_BYTES
from proxy.journal.segments import finish_leftover, frames, segments, summary, try_lock, worker_dirs
from recorded import happened, recorded


def only_segment(spool):
    (path,) = [path for directory in worker_dirs(spool) for path in segments(directory)]
    return path


def unfinished(spool):
    """A segment as kill -9 leaves it: whole frames, half a frame, no end."""
    recorded(spool, happened(1), happened(2, ticket="7KQ29FXM"))
    path = only_segment(spool)
    with path.open("r+b") as file:
        *_, end = frames(file.fileno())
        whole = file.read()
        file.truncate(end.offset)
        file.seek(end.offset)
        file.write(whole[: HEADER_BYTES + 10])
    return path


def test_an_empty_or_missing_spool_has_no_workers(tmp_path):
    assert (worker_dirs(tmp_path / "none"), segments(tmp_path / "none")) == ([], [])


def test_segments_are_told_by_name_and_come_in_the_order_they_were_begun(tmp_path):
    for name in ("00000010.sgj", "00000009.sgj", "notes.txt", "draft.sgj", "100000000.sgj"):
        (tmp_path / name).touch()

    assert [path.name for path in segments(tmp_path)] == ["00000009.sgj", "00000010.sgj", "100000000.sgj"]


def test_a_finished_segment_is_summed_up_by_its_end(tmp_path):
    recorded(tmp_path, happened(1), happened(2, ticket="7KQ29FXM"))

    with only_segment(tmp_path).open("rb") as file:
        found = summary(file.fileno())

    assert (found.total.events, found.tickets) == (2, {"7KQ29FXM": 0})


def test_an_unfinished_segment_is_summed_up_by_a_walk_that_stops_at_the_torn_tail(tmp_path):
    with unfinished(tmp_path).open("rb") as file:
        found = summary(file.fileno())

    assert (found.total.events, found.tickets) == (2, None)
    assert found.ends_at < only_segment(tmp_path).stat().st_size


def test_finishing_a_leftover_keeps_whole_frames_and_their_tickets(tmp_path):
    path = unfinished(tmp_path)

    assert finish_leftover(path)
    with path.open("rb") as file:
        assert (summary(file.fileno()).total.events, summary(file.fileno()).tickets) == (2, {"7KQ29FXM": 0})
    assert not finish_leftover(path)


def test_a_segment_that_is_still_written_is_not_finished_by_another(tmp_path):
    path = unfinished(tmp_path)
    before = path.read_bytes()
    writer = os.open(path, os.O_RDWR)
    try:
        assert try_lock(writer)
        assert not finish_leftover(path)
    finally:
        os.close(writer)
    assert path.read_bytes() == before


def test_a_walk_steps_over_garbage_between_frames(tmp_path):
    recorded(tmp_path / "a", happened(1))
    recorded(tmp_path / "b", happened(2))
    both = tmp_path / "both"
    parts = [only_segment(tmp_path / name).read_bytes() for name in "ab"]
    both.write_bytes(b"SGF1 garbage SGE1" + parts[0] + b"\0" * 70_000 + b"SGF" + parts[1])

    with both.open("rb") as file:
        assert [frame.header.is_end for frame in frames(file.fileno())] == [False, True, False, True]
