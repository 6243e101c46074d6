import logging

import pytest

from proxy.answered.read import Known
from proxy.answered.tables import TableProblem
from proxy.answered.written import ASKING_S, GRACE_S, MAX_ADDRESSES, REFUSED_S, Written, written
from tests.fakes.answering import BEGAN, KEY, Answering

CLIENT = "192.0.2.10"


@pytest.fixture
def answering(tmp_path):
    return Answering(tmp_path)


def test_an_address_counts_as_told_for_an_hour_past_its_ttl(answering):
    answering.written.tell(CLIENT, "a.example", ["198.51.100.7"], BEGAN + 300)

    answering.now = BEGAN + 300 + GRACE_S - 1
    assert answering.read.told(CLIENT, "198.51.100.7") is Known.YES
    assert answering.read.resolved(CLIENT, "a.example") == {"198.51.100.7"}
    answering.now += 1
    assert answering.read.told(CLIENT, "198.51.100.7") is not Known.YES
    assert answering.read.resolved(CLIENT, "a.example") is None


def test_what_one_client_is_told_no_other_was(answering):
    answering.written.tell(CLIENT, "a.example", ["198.51.100.7"], BEGAN + 300)
    assert answering.read.told("192.0.2.11", "198.51.100.7") is Known.UNKNOWN
    assert answering.read.resolved("192.0.2.11", "a.example") is None


def test_both_versions_of_addresses_are_told(answering):
    both = ["198.51.100.7", "2001:db8:1:2::3", "198.51.100.9", "203.0.113.5"]
    answering.written.tell(CLIENT, "a.example", both, BEGAN + 300)
    assert [answering.read.told(CLIENT, address) for address in both] == [Known.YES] * 4
    assert answering.read.resolved(CLIENT, "a.example") == {"198.51.100.7", "203.0.113.5"}
    assert answering.read.resolved(CLIENT, "a.example", is_six=True) == {"2001:db8::"}


def test_of_a_long_answer_only_so_many_addresses_are_kept(answering):
    many = [f"198.51.{number // 250}.{number % 250}" for number in range(500)]
    answering.written.tell(CLIENT, "a.example", many, BEGAN + 300)
    told = [answering.read.told(CLIENT, address) is Known.YES for address in many]
    assert told == [True] * MAX_ADDRESSES + [False] * (500 - MAX_ADDRESSES)


def test_an_answer_without_addresses_says_that_the_client_asks(answering):
    answering.written.tell(CLIENT, "a.example", [], BEGAN + 300)
    assert answering.read.resolved(CLIENT, "a.example") is None
    assert answering.read.asks(CLIENT) is Known.YES


def test_a_client_that_asks_is_known_for_an_hour(answering):
    answering.written.asked(CLIENT)
    answering.now += ASKING_S - 1
    assert answering.read.asks(CLIENT) is Known.YES
    answering.now += 1
    assert answering.read.asks(CLIENT) is not Known.YES


def test_a_refused_name_is_remembered_for_ten_minutes_at_least(answering):
    answering.written.refused(CLIENT, "games.example", BEGAN + 60)
    assert answering.read.was_refused(CLIENT, "games.example")
    assert not answering.read.was_refused(CLIENT, "other.example")
    assert not answering.read.was_refused("192.0.2.11", "games.example")
    answering.now += REFUSED_S
    assert not answering.read.was_refused(CLIENT, "games.example")


def test_a_name_that_is_refused_is_not_one_that_is_answered(answering):
    answering.written.refused(CLIENT, "games.example", BEGAN + 60)
    assert answering.read.resolved(CLIENT, "games.example") is None


def test_the_file_tells_nothing_to_whoever_lacks_the_key(answering, tmp_path):
    answering.written.tell(CLIENT, "a.example", ["198.51.100.7"], BEGAN + 300)
    octets = (tmp_path / "dns-0.table").read_bytes()
    for secret in (b"a.example", bytes([198, 51, 100, 7]), bytes([7, 100, 51, 198]), bytes([192, 0, 2, 10])):
        assert secret not in octets


def test_what_is_written_outlives_its_writer(answering):
    answering.written.tell(CLIENT, "a.example", ["198.51.100.7"], BEGAN + 300)
    answering.written.close()
    answering.written.close()
    answering.worker("dns-0")
    assert answering.read.told(CLIENT, "198.51.100.7") is Known.YES


def test_a_worker_without_a_table_says_so_and_goes_on(tmp_path, caplog):
    first = Written(tmp_path, "dns-0", KEY)
    with pytest.raises(TableProblem):
        Written(tmp_path, "dns-0", KEY)
    with caplog.at_level(logging.ERROR):
        assert written(tmp_path, "dns-0", KEY) is None
    assert "another process" in caplog.text
    assert (tmp_path / "dns-0.without").exists()

    first.close()
    second = written(tmp_path, "dns-0", KEY)
    assert second is not None
    assert not (tmp_path / "dns-0.without").exists()


def test_a_small_table_pushes_rows_out_and_counts_them(tmp_path):
    answering = Answering(tmp_path, buckets=2)
    for number in range(40):
        answering.written.tell(CLIENT, f"{number}.example", [f"198.51.100.{number}"], BEGAN + 300)
    assert answering.written.pushed > 40
