from datetime import UTC, datetime, timedelta

import pytest

from proxy.journal import Losses
from proxy.journal.archived import archived
from proxy.journal.bounding import NAME, Evicted, evicted, make_room
from proxy.journal.event import microseconds
from proxy.journal.segments import segments
from proxy.journal.shipping import ship
from proxy.journal.whole import WholeJournal
from recorded import NOON, happened, recorded

LATE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def state(tmp_path):
    """Four files of ten events in the archive, the last of them in the spool as well."""
    for piece in range(4):
        recorded(tmp_path / "spool", *[happened(100 * piece + n) for n in range(10)])
    ship(tmp_path, LATE)
    return tmp_path


def sizes(state):
    files = sorted(archived(state / "archive"), key=lambda one: one.last_us)
    spooled = sum(path.stat().st_size for path in segments(state / "spool" / "http-1"))
    return [one.path.stat().st_size for one in files], spooled


def test_nothing_goes_while_there_is_room(state):
    files, spooled = sizes(state)

    assert make_room(state, sum(files) + spooled) == Evicted()
    assert not (state / "archive" / NAME).exists()
    assert len(list(WholeJournal(state).events())) == 40


def test_the_oldest_go_first_and_are_told_of(state):
    files, spooled = sizes(state)
    second_last = microseconds(happened(109).time)

    assert make_room(state, sum(files[2:]) + spooled) == Evicted(20, second_last)

    assert [event.time for event in WholeJournal(state).events()] == [
        happened(100 * piece + n).time for piece in (2, 3) for n in range(10)
    ]
    assert WholeJournal(state).losses() == Losses(evicted=20)
    assert WholeJournal(state).losses(NOON + timedelta(seconds=109)) == Losses(evicted=20)
    assert WholeJournal(state).losses(NOON + timedelta(seconds=110)) == Losses()
    assert (state / "archive" / NAME).stat().st_mode & 0o777 == 0o600


def test_what_went_before_is_not_forgotten(state):
    files, spooled = sizes(state)
    make_room(state, sum(files[1:]) + spooled)
    make_room(state, sum(files[3:]) + spooled)

    assert evicted(state / "archive") == Evicted(30, microseconds(happened(209).time))


def test_the_spool_counts_and_is_left_alone(state):
    _, spooled = sizes(state)

    assert make_room(state, spooled).events == 40
    assert archived(state / "archive") == []
    assert len(segments(state / "spool" / "http-1")) == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"events": "many", "last_us": 1}'])
def test_a_broken_note_counts_as_none(state, text):
    (state / "archive" / NAME).write_text(text)

    assert evicted(state / "archive") == Evicted()


def test_without_an_archive_there_is_nothing_to_do(tmp_path):
    assert make_room(tmp_path / "none", 1) == Evicted()
