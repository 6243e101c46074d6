"""Workers read what the others were asked, through a file that each writes a part of."""

import multiprocessing
import stat
import time
from pathlib import Path

import pytest

from proxy.bypass.dns.tunnels import REST_S
from proxy.dns.odd_questions import FILE, FORMER, HEAD, RING, Odd, OddQuestions

KEY = b"k" * 32
ODD = Odd("10.20.33.7", "abc.t.example.net", "TXT", 12.5)


def odd(number: int, size: int = 40) -> Odd:
    return Odd("10.20.33.7", f"{number:0{size}d}.t.example.net", "TXT", float(number))


def test_another_worker_reads_each_question_once(tmp_path: Path) -> None:
    one, two = OddQuestions(tmp_path, 0, KEY), OddQuestions(tmp_path, 1, KEY)
    one.tell(ODD)
    answered = ODD._replace(rcode="NXDOMAIN", name="ä\xff\udc80"[:2])
    one.tell(answered)
    assert list(two.news()) == [ODD, answered]
    assert list(two.news()) == []
    two.tell(odd(1))
    assert list(two.news()) == [], "its own it knows"
    assert list(one.news()) == [odd(1)]


def test_a_worker_that_begins_anew_reads_what_is_there_its_own_too(tmp_path: Path) -> None:
    before = OddQuestions(tmp_path, 0, KEY)
    before.tell(ODD)
    before.close()
    assert list(OddQuestions(tmp_path, 0, KEY).news()) == [ODD]


def test_a_ring_goes_round_without_a_record_over_its_edge(tmp_path: Path) -> None:
    one, two = OddQuestions(tmp_path, 3, KEY), OddQuestions(tmp_path, 4, KEY)
    read: list[Odd] = []
    for number in range(3000):
        one.tell(odd(number, 10 + number % 50))
        if number % 7 == 0:
            read += two.news()
    read += two.news()
    assert read == [odd(number, 10 + number % 50) for number in range(3000)]


def test_who_comes_too_late_reads_the_round_that_is_under_way(tmp_path: Path) -> None:
    one, two = OddQuestions(tmp_path, 0, KEY), OddQuestions(tmp_path, 1, KEY)
    for number in range(3000):
        one.tell(odd(number))
    read = list(two.news())
    assert 0 < len(read) < 3000
    assert read == [odd(number) for number in range(3000 - len(read), 3000)]
    one.tell(odd(3000))
    assert list(two.news()) == [odd(3000)]


def test_what_was_overwritten_while_it_was_read_is_left_out(tmp_path: Path) -> None:
    one, two = OddQuestions(tmp_path, 0, KEY), OddQuestions(tmp_path, 1, KEY)
    one.tell(odd(1))
    one.tell(odd(2))
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(HEAD + 30)
        file.write(b"\xff")
    assert list(two.news()) == []
    one.tell(odd(3))
    assert list(two.news()) == [odd(3)]


def test_a_file_of_anything_leads_to_nothing_but_questions(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(bytes(range(256)) * ((HEAD + 64 * RING) // 256))
    assert list(OddQuestions(tmp_path, 0, KEY).news()) == []


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    OddQuestions(tmp_path, 0, KEY)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_file_does_not_say_who_asked(tmp_path: Path) -> None:
    (tmp_path / FORMER).write_text("10.20.33.7")
    one, two = OddQuestions(tmp_path, 0, KEY), OddQuestions(tmp_path, 1, KEY)
    assert one.who("10.20.33.7") == two.who("10.20.33.7") != one.who("10.20.33.8")
    assert OddQuestions(tmp_path, 2, b"l" * 32).who("10.20.33.7") != one.who("10.20.33.7")
    assert not (tmp_path / FORMER).exists()


def test_rings_of_workers_that_are_no_more_are_emptied(tmp_path: Path) -> None:
    for number in range(3):
        OddQuestions(tmp_path, number, KEY).tell(odd(number))
    assert list(OddQuestions(tmp_path, 0, KEY, 2).news()) == [odd(0), odd(1)]
    assert odd(2).name.encode() not in (tmp_path / FILE).read_bytes()


@pytest.mark.parametrize("later", [REST_S + 1.0, -3600.0], ids=["long ago", "before a restart"])
def test_rings_too_old_to_count_are_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: float
) -> None:
    one = OddQuestions(tmp_path, 0, KEY)
    one.tell(odd(1))
    now = time.monotonic() + later
    monkeypatch.setattr(time, "monotonic", lambda: now)
    two = OddQuestions(tmp_path, 1, KEY)
    assert list(two.news()) == []
    assert odd(1).name.encode() not in (tmp_path / FILE).read_bytes()
    one.tell(odd(2))
    assert list(two.news()) == [odd(2)], "who wrote it goes on"


def _tell_many(state: Path, worker: int) -> None:
    mine = OddQuestions(state, worker, KEY)
    for number in range(200):
        mine.tell(odd(number + 1000 * worker))


def test_processes_write_side_by_side(tmp_path: Path) -> None:
    reader = OddQuestions(tmp_path, 9, KEY)
    others = [
        multiprocessing.get_context("spawn").Process(target=_tell_many, args=(tmp_path, n)) for n in (1, 2)
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert list(reader.news()) == [odd(n + 1000 * worker) for worker in (1, 2) for n in range(200)]


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(OSError, match="state"):
        OddQuestions(tmp_path / "state", 0, KEY)
