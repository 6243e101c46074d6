"""A file of lines that shows any change to it."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.chained_log import START, Overtaken, append, last, read


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "things.log"
    for number in range(1, 5):
        append(path, {"what": f"thing {number}", "é": "ü"})
    return path


def faults(path: Path) -> list[tuple[int, str]]:
    return [(line.number, line.fault) for line in read(path) if line.fault]


def change(path: Path, how: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(how(path.read_bytes().splitlines(keepends=True))))


def test_lines_follow_each_other_from_a_known_start(tmp_path: Path) -> None:
    path = tmp_path / "things.log"
    written = [append(path, {"what": what}) for what in ("a", "b")]

    assert list(read(path)) == written
    first, second = written
    assert (first.number, first.previous) == (1, START)
    assert (second.number, second.previous) == (2, first.hash)
    assert second.hash == sha256(f'[2,{{"what":"b"}},"{first.hash}"]'.encode()).hexdigest()
    assert last(path) == second
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_can_be_bound_to_the_one_that_it_must_follow(tmp_path: Path) -> None:
    path = tmp_path / "things.log"
    first = append(path, {"what": "a"}, after=START)
    second = append(path, {"what": "b"}, after=first.hash)
    for late in (START, first.hash):
        with pytest.raises(Overtaken):
            append(path, {"what": "c"}, after=late)
    assert list(read(path)) == [first, second]


def test_a_number_without_end_is_no_line(log: Path) -> None:
    """Python reads 1e999 as infinity, which no record can hold."""
    change(log, lambda lines: [*lines[:3], lines[3].replace(b'"thing 4"', b"1e999")])

    assert faults(log) == [(4, "is no line of this file")]
    assert append(log, {"what": "next"}).number == 5


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert (last(tmp_path / "none"), list(read(tmp_path / "none"))) == (None, [])


def test_every_changed_byte_is_found_in_its_line(log: Path) -> None:
    whole = log.read_bytes()
    begins = whole.index(b"\n") + 1
    ends = whole.index(b"\n", begins) + 1
    for at in range(begins, ends):
        for flip in (0x01, 0x20):
            log.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
            found = faults(log)
            assert [number for number, _ in found][:1] == [2], (at, flip, found)
    log.write_bytes(whole)
    assert faults(log) == []


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param(lambda lines: lines[1:], (2, "comes after line 0"), id="the first is gone"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], (3, "comes after line 1"), id="one is gone"),
        pytest.param(
            lambda lines: [lines[0], lines[2], lines[1], lines[3]],
            (3, "comes after line 1"),
            id="two changed places",
        ),
        pytest.param(lambda lines: [*lines[:2], *lines[1:]], (2, "comes after line 2"), id="one twice"),
        pytest.param(lambda lines: [b"\n", *lines], (1, "is no line of this file"), id="an empty line"),
    ],
)
def test_lines_that_are_missing_or_moved_are_found(
    log: Path, how: Callable[[list[bytes]], list[bytes]], expected: tuple[int, str]
) -> None:
    change(log, how)
    number, said = faults(log)[0]
    assert (number, said.split(":")[0]) == expected


def test_a_line_written_anew_with_its_own_hash_is_found_by_the_next(tmp_path: Path) -> None:
    forged, path = tmp_path / "forged.log", tmp_path / "things.log"
    for what in ("a", "b", "c"):
        append(path, {"what": what})
    append(forged, {"what": "a"})
    append(forged, {"what": "something else"})
    change(path, lambda lines: [*forged.read_bytes().splitlines(keepends=True), lines[2]])
    assert faults(path) == [(3, "follows another line than the one before it: that one was exchanged")]


def test_half_a_line_counts_for_nothing_and_the_next_writer_takes_it_off(log: Path) -> None:
    whole = log.read_bytes()
    before = list(read(log))
    log.write_bytes(whole + b'{"number":5,"body":{"wh')

    assert (list(read(log)), last(log)) == (before, before[-1])
    fifth = append(log, {"what": "thing 5"})
    assert list(read(log)) == [*before, fifth]
    assert fifth.number == 5


@pytest.mark.parametrize("torn", [b'{"num', b"x" * 200_000], ids=["short", "longer than a block"])
def test_a_file_of_half_a_line_alone_begins_anew(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "things.log"
    path.write_bytes(torn)
    first = append(path, {"what": "a"})
    assert (first.number, list(read(path))) == (1, [first])


@pytest.mark.parametrize(
    "damaged",
    [b"\x00\xff\n", b"[]\n", b'{"number":1}\n', b'{"number":NaN,"body":{},"previous":"","hash":""}\n'],
)
def test_writing_goes_on_after_a_damaged_last_line_and_the_damage_stays_visible(
    log: Path, damaged: bytes
) -> None:
    with log.open("ab") as file:
        file.write(damaged)
    sixth = append(log, {"what": "thing 6"})
    assert (sixth.number, sixth.previous) == (6, sha256(damaged).hexdigest())
    assert faults(log) == [(5, "is no line of this file")]


def test_long_lines_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "things.log"
    long = append(path, {"what": "x" * 300_000})
    assert last(path) == long
    assert append(path, {"what": "b"}).previous == long.hash


WRITER = """
import sys
from pathlib import Path
from proxy.chained_log import append
for number in range(50):
    append(Path(sys.argv[1]), {"writer": sys.argv[2], "number": number})
"""


def test_writers_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "things.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert [line.number for line in read(path)] == list(range(1, 151))
    assert faults(path) == []
    for name in "abc":
        own = [line.body["number"] for line in read(path) if line.body["writer"] == name]
        assert own == list(range(50))


def test_reading_can_begin_at_a_line(log: Path) -> None:
    first, second, third, fourth = read(log)
    assert list(read(log, second.begins)) == [second, third, fourth]
    assert list(read(log, log.stat().st_size)) == []
    change(log, lambda lines: [*lines[:2], lines[3]])
    assert [line.fault for line in read(log, second.begins)] == [
        "",
        "comes after line 2: lines between them are gone, or came in",
    ]
    assert first.begins == 0


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse longer files, as a full disk would; reports of tests are files, too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_takes_no_more_leaves_the_file_as_it_was(log: Path) -> None:
    whole = log.read_bytes()
    with files_of_at_most(len(whole) + 20), pytest.raises(OSError, match="File too large"):
        append(log, {"what": "too much"})
    assert log.read_bytes() == whole


@settings(deadline=None)  # how long a disk takes says nothing
@given(
    st.lists(st.one_of(st.binary(max_size=80), st.just(b'{"number":1,"body":{},"previous":"","hash":""}')))
)
def test_whatever_stands_in_the_file_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, junk: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("junk") / "things.log"
    path.write_bytes(b"\n".join(junk))
    lines = list(read(path))
    assert len(lines) == path.read_bytes().count(b"\n")
    assert all(line.fault for line in lines)
    added = append(path, {"what": "next"})
    assert list(read(path))[-1].body == added.body


def test_a_line_stands_for_itself_in_json(log: Path) -> None:
    line = last(log)
    assert line is not None
    assert json.loads(log.read_text().splitlines()[-1]) == {
        "number": 4,
        "body": {"what": "thing 4", "é": "ü"},
        "previous": line.previous,
        "hash": line.hash,
    }
