import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.journal.ids import ALPHABET, LENGTH, event_id, milliseconds, new_boot

TIMES = st.integers(0, (1 << 48) * 1000 - 1)
NUMBERS = st.integers(0, (1 << 40) - 1)


@given(TIMES, NUMBERS, NUMBERS)
def test_an_id_is_26_characters_and_keeps_its_time(time_us, boot, sequence):
    id_ = event_id(time_us, boot, sequence)

    assert (len(id_), set(id_) - set(ALPHABET), milliseconds(id_)) == (LENGTH, set(), time_us // 1000)


@given(st.lists(st.tuples(TIMES, NUMBERS, NUMBERS), min_size=2, max_size=5))
def test_ids_sort_as_time_then_boot_then_sequence(parts):
    in_milliseconds = [(time_us // 1000 * 1000, boot, sequence) for time_us, boot, sequence in parts]

    assert sorted(event_id(*p) for p in in_milliseconds) == [event_id(*p) for p in sorted(in_milliseconds)]


def test_two_starts_of_a_worker_draw_different_numbers():
    assert len({new_boot() for _ in range(100)}) == 100


@pytest.mark.parametrize("text", ["", "short", "l" * 26, "0" * 27, "é" * 26])
def test_a_text_that_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="an event id has"):
        milliseconds(text)
