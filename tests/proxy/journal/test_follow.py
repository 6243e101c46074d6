import os

from proxy.journal import Follower, Wanted
from proxy.journal.segments import segments
from recorded import happened, recorded, spool_in


def test_each_event_comes_once_and_in_order(tmp_path):
    recorded(tmp_path, happened(0))
    follower = Follower(tmp_path, Wanted())
    spools = [spool_in(tmp_path, worker) for worker in ("a", "b")]
    seen = []
    for n in range(1, 9):
        spools[n % 2].append(happened(n))
        for spool in spools:
            spool.flush()
        seen += follower.poll()
    for spool in spools:
        spool.close()

    assert [event.time for event in seen] == [happened(n).time for n in range(1, 9)]
    assert follower.poll() == []


def test_it_can_begin_with_what_is_there_already(tmp_path):
    kept = recorded(tmp_path, happened(0), happened(1, group="staff"))

    assert Follower(tmp_path, Wanted(group="staff"), from_now=False).poll() == kept[1:]


def test_half_a_frame_is_waited_for(tmp_path):
    recorded(tmp_path, happened(0))
    (path,) = segments(tmp_path / "http-1")
    whole = path.read_bytes()
    follower = Follower(tmp_path, Wanted(), from_now=False)
    os.truncate(path, 100)
    assert follower.poll() == []

    path.write_bytes(whole)
    assert [event.time for event in follower.poll()] == [happened(0).time]


def test_new_segments_are_found_and_deleted_ones_forgotten(tmp_path):
    follower = Follower(tmp_path, Wanted())
    recorded(tmp_path, happened(0))
    assert len(follower.poll()) == 1

    segments(tmp_path / "http-1")[0].unlink()
    assert follower.poll() == []
    recorded(tmp_path, happened(1))

    assert [event.time for event in follower.poll()] == [happened(1).time]
