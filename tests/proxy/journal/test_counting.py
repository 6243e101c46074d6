from datetime import timedelta

import pytest

from proxy.decision.verdict import Action
from proxy.journal import counting, counts
from proxy.journal.archived import archived
from proxy.journal.counting import count
from proxy.journal.counts import key_text, reading
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded

AT = NOON + timedelta(days=1)
EVER = (0, 1 << 60)


@pytest.fixture
def archive(tmp_path):
    """Four files, a block in each, none of them counted."""
    for n in range(4):
        recorded(tmp_path / "spool", happened(60 * n, action=Action.BLOCK), happened(60 * n + 1))
    ship(tmp_path, NOON)
    counts.throw_away(tmp_path / "archive")
    return tmp_path / "archive"


def known(archive, *, by_host=False):
    with reading(archive) as found:
        return {*found.files(*EVER, by_host=by_host)} if found else set()


def keys(files):
    return {key_text(one.key) for one in files}


def blocks(archive):
    with reading(archive) as found:
        return dict(found.sums("blocked", "grp", counts.Condition("true", {}), EVER, []))


def test_what_is_not_counted_yet_is_counted_once(archive):
    for _ in range(2):
        assert [*count(archive, archived(archive), AT)] == []
        assert known(archive) == keys(archived(archive))
        assert blocks(archive) == {("middle",): 4}


def test_the_newest_come_first_a_part_at_a_time(archive, monkeypatch):
    monkeypatch.setattr(counting, "AT_ONCE", 3)
    files = archived(archive)

    assert [*count(archive, files, AT)] == []
    assert known(archive) == keys(files[1:])
    assert [*count(archive, files, AT)] == []
    assert known(archive) == keys(files)


def test_what_the_archive_has_no_more_is_forgotten(archive):
    [*count(archive, archived(archive), AT)]
    archived(archive)[0].path.unlink()

    assert [*count(archive, archived(archive), AT)] == []
    assert known(archive) == keys(archived(archive))
    assert blocks(archive) == {("middle",): 3}


def test_a_file_that_does_not_verify_is_not_counted(archive):
    first, *others = archived(archive)
    first.path.write_bytes(b"PAR1")

    assert [*count(archive, [first, *others], AT)] == []
    assert known(archive) == keys(others)


def test_a_file_whose_time_passes_meanwhile_is_no_trouble(archive):
    files = archived(archive)
    files[0].path.unlink()

    assert [*count(archive, files, AT)] == []
    assert known(archive) == keys(files[1:])


def test_old_files_are_counted_by_list_alone(archive):
    after_weeks = NOON + counts.BY_HOST_FOR + timedelta(seconds=90)

    assert [*count(archive, archived(archive), after_weeks)] == []
    assert known(archive) == keys(archived(archive))
    assert known(archive, by_host=True) == keys(archived(archive)[2:])
    assert [*count(archive, archived(archive), after_weeks + timedelta(minutes=1))] == []
    assert known(archive, by_host=True) == keys(archived(archive)[3:])


def test_damaged_counts_are_said_or_mended_and_right_the_next_time(archive):
    [*count(archive, archived(archive), AT)]
    (archive / counts.NAME).write_bytes(b"no database" * 400)

    [*count(archive, archived(archive), AT)]
    assert [*count(archive, archived(archive), AT)] == []
    assert blocks(archive) == {("middle",): 4}


def test_counts_that_cannot_be_written_are_said(archive):
    (archive / counts.NAME).mkdir()

    (said,) = count(archive, archived(archive), AT)

    assert said.startswith("counts of blocks: ")
