import os
import stat

import pytest

from proxy.answered import tables
from proxy.answered.tables import BUCKETS, TableProblem, directory, to_read, to_write

KEY = b"k" * 32
NOW = 1_795_000_000


def opened(where, key=KEY, now=NOW, buckets=16, worker="dns-0"):
    table = to_write(where, worker, key, now, buckets)
    at_first = bytes(table.memory)
    table.memory.close()
    return table, at_first


def test_a_table_is_made_whole_for_its_owner_alone_and_taken_up_again(tmp_path):
    where = directory(tmp_path)
    first = to_write(where, "dns-0", KEY, NOW, 16)
    first.memory[200] = 7
    first.memory.close()
    again, octets = opened(where, now=NOW + 500)

    path = where / "dns-0.table"
    assert (again.inode, again.created, octets[200]) == (first.inode, NOW, 7)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(where.stat().st_mode) == 0o700
    assert path.stat().st_size == 17 * 128
    assert [each.name for each in where.iterdir()] == ["dns-0.table"]


def test_a_table_is_as_large_as_is_said(tmp_path):
    _, octets = opened(tmp_path, buckets=BUCKETS)
    assert len(octets) == 8 * 1024 * 1024 + 128


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"x" * 5_000), id="something else"),
        pytest.param(lambda path: os.truncate(path, 300), id="cut short"),
        pytest.param(lambda path: path.write_bytes(b"ANSWERED" + path.read_bytes()[8:]), id="its first word"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:8] + b"\x09" + path.read_bytes()[9:]),
            id="another version",
        ),
    ],
)
def test_what_is_no_table_of_ours_is_not_read_and_made_anew(tmp_path, spoil):
    opened(tmp_path)
    path = tmp_path / "dns-0.table"
    assert to_read(path, KEY) is not None
    spoil(path)

    assert to_read(path, KEY) is None
    assert opened(tmp_path, now=NOW + 9)[0].created == NOW + 9
    assert to_read(path, KEY) is not None


def test_a_table_of_another_key_size_or_boot_is_made_anew(tmp_path, monkeypatch):
    opened(tmp_path)
    assert to_read(tmp_path / "dns-0.table", b"l" * 32) is None
    assert opened(tmp_path, key=b"l" * 32, now=NOW + 1)[0].created == NOW + 1
    assert opened(tmp_path, key=b"l" * 32, now=NOW + 2, buckets=32)[0].created == NOW + 2

    other = tmp_path / "boot_id"
    other.write_text("6c1d1d5e-0000-4000-8000-1f2e3d4c5b6a\n")
    monkeypatch.setattr(tables, "_BOOT_ID", other)
    assert to_read(tmp_path / "dns-0.table", b"l" * 32) is None
    assert opened(tmp_path, key=b"l" * 32, now=NOW + 3, buckets=32)[0].created == NOW + 3


def test_a_table_has_one_writer(tmp_path):
    table = to_write(tmp_path, "dns-0", KEY, NOW, 16)
    with pytest.raises(TableProblem, match="another process"):
        to_write(tmp_path, "dns-0", KEY, NOW, 16)
    table.memory.close()
    assert opened(tmp_path)[0].inode == table.inode


def test_a_link_is_not_followed(tmp_path):
    opened(tmp_path / "real")
    (tmp_path / "dns-0.table").symlink_to(tmp_path / "real" / "dns-0.table")
    with pytest.raises(OSError, match="symbolic links"):
        to_read(tmp_path / "dns-0.table", KEY)


def test_where_a_bucket_begins_follows_from_its_place(tmp_path):
    table, _ = opened(tmp_path)
    assert [table.at(place) for place in (0, 1, 15, 16)] == [128, 256, 16 * 128, 128]
