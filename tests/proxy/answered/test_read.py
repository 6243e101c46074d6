import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.answered.read import LONG_S, LOOK_S, Known, Read
from proxy.answered.written import ASKING_S
from tests.fakes.answering import BEGAN, KEY, Answering

CLIENT = "192.0.2.10"
ELSEWHERE = "203.0.113.9"
ROOT = Path(__file__).parents[3]

TELLER = """
import sys, time
from pathlib import Path
from proxy.answered.written import Written
where, worker, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
table = Written(where, worker, b"k" * 32, buckets=4096)
print("begun", flush=True)
number = 0
while number < count or count < 0:
    client = f"10.0.{number % 5}.1"
    address = f"198.18.{number // 250 % 250}.{number % 250}"
    table.tell(client, f"{number}.{worker}.example", [address], time.time() + 60)
    number += 1
print(number, flush=True)
"""


def teller(where, worker, count):
    """A process that tells clients addresses, and has begun to."""
    process = subprocess.Popen(
        [sys.executable, "-c", TELLER, str(where), worker, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout.readline() == "begun\n"
    return process


def ended(process):
    """What a process says last; it is over then."""
    with process:
        return process.stdout.read()


@pytest.fixture
def answering(tmp_path):
    return Answering(tmp_path)


def test_an_address_never_told_is_unknown_until_the_client_has_long_asked_us(answering):
    answering.written.tell(CLIENT, "a.example", ["198.51.100.7"], BEGAN + 300)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.NO
    assert answering.read.told("192.0.2.11", ELSEWHERE) is Known.UNKNOWN


def test_a_client_that_stopped_asking_for_an_hour_begins_anew(answering):
    answering.has_long_been_asked_by(CLIENT)
    answering.now += ASKING_S + 60
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    answering.written.asked(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN


def test_a_client_that_never_asks_is_told_only_after_the_tables_were_long_there(answering):
    assert answering.read.asks(CLIENT) is Known.UNKNOWN
    answering.now += LONG_S
    assert answering.read.asks(CLIENT) is Known.NO
    answering.written.asked(CLIENT)
    assert answering.read.asks(CLIENT) is Known.YES


def test_without_any_table_nothing_is_known(tmp_path):
    read = Read(tmp_path / "none", KEY)
    assert read.asks(CLIENT) is read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    assert read.resolved(CLIENT, "a.example") is None
    assert not read.was_refused(CLIENT, "a.example")


def test_a_text_that_is_no_address_is_unknown(answering):
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, "a.example") is Known.UNKNOWN
    assert answering.read.told(CLIENT, "") is Known.UNKNOWN


def test_a_table_of_another_version_beside_the_others_leaves_all_unknown(answering):
    answering.has_long_been_asked_by(CLIENT)
    (answering.where / "dns-1.table").write_bytes(b"answered" + bytes(1_000))
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    assert answering.read.asks("192.0.2.99") is Known.UNKNOWN


def test_a_worker_that_can_write_no_table_leaves_all_unknown(answering):
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.NO
    (answering.where / "dns-1.without").touch()
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN


def test_a_new_workers_table_is_seen_before_anything_is_said_to_be_missing(answering):
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.NO
    answering.worker("dns-1").tell(CLIENT, "b.example", [ELSEWHERE], answering.now + 300)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.YES
    assert answering.read.told(CLIENT, "203.0.113.10") is Known.UNKNOWN  # the new table is too young to say


def test_a_table_that_was_made_anew_is_read_and_says_nothing_of_before(answering):
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.NO
    (answering.where / "dns-0.table").unlink()
    answering.worker("dns-0").asked(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    assert answering.read.asks("192.0.2.99") is Known.UNKNOWN


def test_what_was_pushed_out_is_unknown_and_not_missing(tmp_path):
    answering = Answering(tmp_path, buckets=1)
    answering.has_long_been_asked_by(CLIENT)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.NO
    for number in range(10):
        answering.written.tell(CLIENT, f"{number}.example", [f"198.51.100.{number}"], answering.now + 300)
    assert answering.read.told(CLIENT, ELSEWHERE) is Known.UNKNOWN
    assert answering.read.resolved(CLIENT, "0.example") is None


def test_another_workers_rows_are_found_within_seconds(answering):
    assert answering.read.resolved(CLIENT, "b.example") is None
    answering.worker("dns-1").tell(CLIENT, "b.example", ["198.51.100.7"], BEGAN + 300)
    answering.now += LOOK_S
    assert answering.read.resolved(CLIENT, "b.example") == {"198.51.100.7"}
    answering.read.close()


def test_what_several_processes_write_one_reads(tmp_path):
    processes = [teller(tmp_path, f"dns-{number}", 2_000) for number in range(2)]
    counts = [ended(process) for process in processes]
    assert counts == ["2000\n", "2000\n"]

    read = Read(tmp_path, KEY)
    for number in range(2_000):
        for worker in ("dns-0", "dns-1"):
            address = f"198.18.{number // 250}.{number % 250}"
            client = f"10.0.{number % 5}.1"
            assert read.resolved(client, f"{number}.{worker}.example") == {address}
            assert read.told(client, address) is Known.YES


def test_what_is_read_while_it_is_written_is_true_or_unknown(tmp_path):
    process = teller(tmp_path, "dns-0", -1)
    try:
        read, seen = Read(tmp_path, KEY), 0
        for number in range(3_000):
            resolved = read.resolved(f"10.0.{number % 5}.1", f"{number}.dns-0.example")
            address = f"198.18.{number // 250 % 250}.{number % 250}"
            assert resolved in (None, {address})
            seen += resolved is not None
            assert read.told("10.0.0.2", address) is Known.UNKNOWN
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert seen > 0


def test_a_writer_that_is_killed_leaves_what_it_wrote(tmp_path):
    process = teller(tmp_path, "dns-0", -1)
    read = Read(tmp_path, KEY)
    while read.resolved("10.0.3.1", "2003.dns-0.example") is None:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    ended(process)

    told = {f"198.18.{number // 250}.{number % 250}" for number in range(2_000)}
    missed = [each for each in told if not any(read.told(f"10.0.{n}.1", each) is Known.YES for n in range(5))]
    assert missed == []
    process = teller(tmp_path, "dns-0", 10)
    assert ended(process) == "10\n"
    assert read.resolved("10.0.3.1", "2003.dns-0.example") == {"198.18.8.3"}
