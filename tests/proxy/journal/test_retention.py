import os
from datetime import timedelta

from proxy.journal import Expired, Journal, expire
from proxy.journal.segments import segments
from recorded import NOON, happened, recorded, spool_in

DAY = 86_400
LONG_AGO = NOON - timedelta(days=400)


def written_at(path, moment):
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_segments_past_their_time_go_and_younger_ones_stay(tmp_path):
    for day in range(5):
        recorded(tmp_path, happened(day * DAY))

    done = expire(tmp_path, before=NOON + timedelta(days=2))

    assert (done.segments, done.events, done.failed) == (2, 2, ())
    assert [event.time for event in Journal(tmp_path).events()] == [
        happened(day * DAY).time for day in (2, 3, 4)
    ]
    assert expire(tmp_path, before=NOON + timedelta(days=2)) == Expired()


def test_a_segment_with_one_younger_event_stays_whole(tmp_path):
    recorded(tmp_path, happened(0), happened(3600))

    expire(tmp_path, before=NOON + timedelta(seconds=3600))

    assert len(list(Journal(tmp_path).events())) == 2
    assert expire(tmp_path, before=NOON + timedelta(seconds=3601)).events == 2


def test_a_segment_that_is_still_written_stays(tmp_path):
    spool = spool_in(tmp_path)
    spool.append(happened(0))
    spool.flush()

    assert expire(tmp_path, before=NOON + timedelta(days=99)).segments == 0
    spool.append(happened(1))
    spool.close()
    assert len(list(Journal(tmp_path).events())) == 2
    assert expire(tmp_path, before=NOON + timedelta(days=99)).events == 2


def test_a_torn_segment_is_judged_by_its_whole_frames(tmp_path):
    recorded(tmp_path, happened(0))
    (path,) = segments(tmp_path / "http-1")
    os.truncate(path, path.stat().st_size - 3)

    assert expire(tmp_path, before=NOON).segments == 0
    assert expire(tmp_path, before=NOON + timedelta(seconds=1)).segments == 1


def test_the_files_own_time_counts_when_it_holds_no_event(tmp_path):
    worker = tmp_path / "w"
    worker.mkdir()
    path = worker / "00000001.sgj"
    path.write_bytes(b"garbage")
    written_at(path, NOON)

    assert expire(tmp_path, before=NOON).segments == 0
    assert expire(tmp_path, before=NOON + timedelta(seconds=1)).segments == 1


def test_events_from_the_future_do_not_stay_forever(tmp_path):
    recorded(tmp_path, happened(3000 * DAY))
    (path,) = segments(tmp_path / "http-1")
    written_at(path, NOON)

    assert expire(tmp_path, before=NOON + timedelta(days=1)).segments == 1


def test_the_directory_of_a_worker_long_gone_goes_too(tmp_path):
    recorded(tmp_path, happened(0), worker="gone")
    expire(tmp_path, before=NOON + timedelta(days=1))
    assert (tmp_path / "gone").exists()

    written_at(tmp_path / "gone", LONG_AGO)
    expire(tmp_path, before=NOON)
    assert not (tmp_path / "gone").exists()


def test_a_spool_that_does_not_exist_yet_has_nothing_to_delete(tmp_path):
    assert expire(tmp_path / "none", before=NOON) == Expired()
