from dataclasses import replace
from datetime import timedelta

import pytest

from proxy.journal import Wanted
from proxy.journal.archived import archived, name_of, read_name
from proxy.journal.event import microseconds
from proxy.journal.frames import Header
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded

TOTAL = Header(True, 0, 0, boot=0x7F3A9C01D2, first_us=11, last_us=22, events=33, lost=4, evicted=5)


@pytest.fixture
def file(tmp_path):
    recorded(tmp_path / "spool", *[happened(n) for n in range(50)])
    ship(tmp_path, NOON)
    (found,) = archived(tmp_path / "archive")
    return found


def test_a_name_tells_what_the_file_holds(tmp_path):
    name = f"{name_of(42, TOTAL)}-0123456789abcdef.parquet"

    found = read_name(tmp_path / "dns-1" / name)

    assert name == "00000042-7f3a9c01d2-11-22-33-4-5-0123456789abcdef.parquet"
    assert (found.number, found.lost, found.evicted, found.checksum) == (42, 4, 5, "0123456789abcdef")
    assert found.key == ("dns-1", 42, 0x7F3A9C01D2, 11, 22, 33)


@pytest.mark.parametrize(
    "name", ["00000042.parquet", "00000042.writing", "notes.txt", "1-2-3-4-5-6-7-8.parquet"]
)
def test_other_files_are_none_of_the_archives(tmp_path, name):
    (tmp_path / "dns-1").mkdir()
    (tmp_path / "dns-1" / name).touch()

    assert archived(tmp_path) == []
    with pytest.raises(ValueError, match="is no name of the archive's"):
        read_name(tmp_path / "dns-1" / name)


def test_an_archive_that_does_not_exist_has_no_files(tmp_path):
    assert archived(tmp_path / "none") == []


def test_every_changed_octet_is_found(file):
    assert file.verifies()
    whole = file.path.read_bytes()
    for place in range(0, len(whole), 97):
        file.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not file.verifies(), place
    file.path.write_bytes(whole[:-1])
    assert not file.verifies()
    file.path.write_bytes(whole)
    assert file.verifies()


def test_a_changed_name_is_found(file):
    names = ("number", "boot", "first", "last", "events", "lost", "evicted", "sum")
    for change in ({"events": "51"}, {"lost": "1"}, {"first": "1"}):
        parts = dict(zip(names, file.path.name.split("-"), strict=True))
        other = file.path.with_name("-".join((parts | change).values()))
        file.path.rename(other)
        assert not read_name(other).verifies()
        other.rename(file.path)


def test_a_file_may_hold_what_lies_in_its_time(file):
    first, last = NOON, NOON + timedelta(seconds=49)

    assert (file.first_us, file.last_us) == (microseconds(first), microseconds(last))
    assert file.may_hold(Wanted(since=last))
    assert not file.may_hold(Wanted(since=last + timedelta(microseconds=1)))
    assert not file.may_hold(Wanted(until=first))
    assert replace(file, first_us=0).may_hold(Wanted(until=first))
