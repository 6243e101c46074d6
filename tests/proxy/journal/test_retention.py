import os
from datetime import timedelta

from proxy.journal import Expired, Journal, expire
from proxy.journal.archive import Archive
from proxy.journal.archived import archived
from proxy.journal.counts import NAME, reading
from proxy.journal.retention import expire_archived
from proxy.journal.segments import segments
from proxy.journal.shipping import ship
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


def archive_of_days(state, days):
    for day in range(days):
        recorded(state / "spool", happened(day * DAY))
    ship(state, NOON + timedelta(days=10_000))
    return state / "archive"


def test_the_archive_forgets_too(tmp_path):
    archive = archive_of_days(tmp_path, 5)
    before = NOON + timedelta(days=2)

    expire(tmp_path / "spool", before)
    done = expire_archived(archive, before)

    assert (done.segments, done.events, done.failed) == (2, 2, ())
    assert [e.time for e in Archive(tmp_path).events()] == [happened(day * DAY).time for day in (2, 3, 4)]
    assert expire_archived(archive, before) == Expired()


def test_an_archived_file_with_one_younger_event_stays_whole(tmp_path):
    recorded(tmp_path / "spool", happened(0), happened(3600))
    archive = archive_of_days(tmp_path, 0)

    assert expire_archived(archive, NOON + timedelta(seconds=3600)) == Expired()
    assert expire_archived(archive, NOON + timedelta(seconds=3601)).events == 2


def test_archived_events_from_the_future_do_not_stay_forever(tmp_path):
    recorded(tmp_path / "spool", happened(3000 * DAY))
    archive = archive_of_days(tmp_path, 0)
    (file,) = archived(archive)
    written_at(file.path, NOON)

    assert expire_archived(archive, NOON) == Expired()
    assert expire_archived(archive, NOON + timedelta(days=1)).segments == 1


def test_a_damaged_file_of_the_archive_goes_in_its_time(tmp_path):
    archive = archive_of_days(tmp_path, 1)
    archived(archive)[0].path.write_bytes(b"damaged")

    assert expire_archived(archive, NOON + timedelta(seconds=1)).segments == 1


def test_the_archive_of_a_worker_long_gone_goes_too(tmp_path):
    archive = archive_of_days(tmp_path, 1)
    expire_archived(archive, NOON + timedelta(days=1))
    written_at(archive / "http-1", LONG_AGO)

    expire_archived(archive, NOON)

    assert not (archive / "http-1").exists()
    assert expire_archived(tmp_path / "none", NOON) == Expired()


def counted(state):
    with reading(state / "archive") as found:
        return len(found.files(0, 1 << 60, by_host=False))


def test_what_was_counted_goes_with_its_events(tmp_path):
    archive = archive_of_days(tmp_path, 5)
    assert counted(tmp_path) == 5

    expire_archived(archive, NOON + timedelta(days=2))

    assert counted(tmp_path) == 3


def test_counts_that_cannot_be_forgotten_are_said(tmp_path):
    archive = archive_of_days(tmp_path, 2)
    (archive / NAME).write_bytes(b"no database" * 400)

    done = expire_archived(archive, NOON + timedelta(days=1))

    assert done.segments == 1
    (failed,) = done.failed
    assert failed.startswith(f"{archive / NAME}: ")
