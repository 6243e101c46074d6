import logging
from datetime import UTC, datetime, timedelta

import pytest

from proxy.journal.archive import Archive
from proxy.journal.shipping import ship
from proxy.settings.schema.records import JournalSettings
from proxy.supervisor.housekeeping import keep_house
from recorded import NOON, happened, recorded

DAY = 86_400
LATE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def state(tmp_path):
    """Five days of events, a file a day, all in the archive and the last day in the spool as well."""
    for day in range(5):
        recorded(tmp_path / "spool", happened(day * DAY))
    ship(tmp_path, LATE)
    return tmp_path


def days_kept(state):
    return [(event.time - NOON) // timedelta(days=1) for event in Archive(state).events()]


def test_what_is_past_its_time_goes_from_spool_and_archive(state, caplog):
    keep_house(state, JournalSettings(retention_days=1), NOON + timedelta(days=3))

    assert days_kept(state) == [2, 3, 4]
    assert caplog.records == []


def test_what_is_too_much_goes_and_is_said(state, caplog):
    settings = JournalSettings().model_copy(update={"max_bytes": 1})

    keep_house(state, settings, NOON)

    assert days_kept(state) == [4]  # the spool bounds itself
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "the oldest 5 of the archive were deleted before their time" in caplog.text


def test_what_cannot_be_deleted_is_said(state, caplog):
    (state / "archive" / "evicted.json.new").mkdir()

    keep_house(state, JournalSettings().model_copy(update={"max_bytes": 1}), NOON)

    assert "the archive of events could not be kept to its size" in caplog.text
    assert days_kept(state) == [0, 1, 2, 3, 4]
