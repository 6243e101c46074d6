import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.answered.marks import MAX_CLIENTS, MAX_NAMES, Kind, Marks, packed

KEY = b"k" * 32


def test_a_mark_is_the_same_in_every_process_that_has_the_key():
    assert Marks(KEY).of(Kind.REFUSED, "192.0.2.1", "a.example") == Marks(KEY).of(
        Kind.REFUSED, "192.0.2.1", "a.example"
    )
    address = packed("198.51.100.7")
    assert Marks(KEY).of_address("192.0.2.1", address) == Marks(KEY).of_address("192.0.2.1", address)


def test_another_kind_client_name_or_key_has_another_mark():
    marks = Marks(KEY)
    made = [
        *(marks.of(kind, "192.0.2.1", "a.example") for kind in Kind),
        marks.of(Kind.REFUSED, "192.0.2.2", "a.example"),
        marks.of(Kind.REFUSED, "192.0.2.1", "b.example"),
        Marks(b"l" * 32).of(Kind.REFUSED, "192.0.2.1", "a.example"),
        marks.of_address("192.0.2.1", packed("198.51.100.7")),
        marks.of_address("192.0.2.1", packed("198.51.100.8")),
        marks.of_address("192.0.2.2", packed("198.51.100.7")),
        marks.of_address("192.0.2.1", packed("::c633:6407")),
    ]
    assert len({tag for _, tag, _ in made}) == len(made)


@given(st.lists(st.binary(min_size=4, max_size=4), unique=True, max_size=50))
def test_marks_are_words_and_addresses_of_one_client_differ(addresses):
    marks = Marks(KEY)
    made = [marks.of_address("2001:db8::1", address) for address in addresses]
    assert all(0 <= word < 1 << 32 for mark in made for word in mark)
    assert len(set(made)) == len(made)


def test_the_marks_of_neighbours_are_spread_over_the_buckets():
    marks = Marks(KEY)
    places = [marks.of_address("192.0.2.1", packed(f"198.51.100.{number}"))[0] % 64 for number in range(256)]
    assert max(places.count(place) for place in range(64)) < 16


def test_clients_are_forgotten_rather_than_piled_up():
    marks = Marks(KEY)
    address = packed("198.51.100.7")
    first = marks.of_address("client 0", address)
    for number in range(MAX_CLIENTS + 1):
        marks.of_address(f"client {number}", address)
    assert len(marks._clients) <= MAX_CLIENTS
    assert marks.of_address("client 0", address) == first


def test_names_are_forgotten_rather_than_piled_up():
    marks = Marks(KEY)
    first = marks.of(Kind.REFUSED, "192.0.2.1", "0.example")
    for number in range(MAX_NAMES + 1):
        marks.of(Kind.REFUSED, "192.0.2.1", f"{number}.example")
    assert len(marks._names) <= MAX_NAMES
    assert marks.of(Kind.REFUSED, "192.0.2.1", "0.example") == first


@pytest.mark.parametrize("text", ["", "a.example", "192.0.2", "::g", "192.0.2.1%eth0"])
def test_what_is_no_address_has_no_octets(text):
    with pytest.raises(OSError, match="illegal IP address"):
        packed(text)
