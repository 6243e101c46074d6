import random

from hypothesis import given
from hypothesis import strategies as st

from proxy.answered.buckets import BUCKET, MAX_KEPT_S, ROWS, Found, find, put

NOW = 1_795_000_000


def bucket():
    return bytearray(3 * BUCKET)


def test_an_empty_bucket_knows_of_nothing_and_has_lost_nothing():
    assert find(bucket(), BUCKET, 5, NOW) == Found((), whole=True)


def test_a_row_is_found_by_its_tag_until_it_expires():
    memory = bucket()
    put(memory, BUCKET, 5, 77, NOW + 10, NOW)
    put(memory, BUCKET, 5, 78, NOW + 20, NOW)

    assert find(memory, BUCKET, 5, NOW + 9) == Found((77, 78), whole=True)
    assert find(memory, BUCKET, 5, NOW + 10) == Found((78,), whole=True)
    assert find(memory, BUCKET, 6, NOW) == Found((), whole=True)
    assert find(memory, 0, 5, NOW) == find(memory, 2 * BUCKET, 5, NOW) == Found((), whole=True)


def test_a_row_that_is_written_again_lasts_as_long_as_the_later_says_and_takes_no_further_place():
    memory = bucket()
    for until in (NOW + 50, NOW + 10, NOW + 30):
        for _ in range(ROWS + 1):
            assert not put(memory, BUCKET, 5, 77, until, NOW)

    assert find(memory, BUCKET, 5, NOW + 49) == Found((77,), whole=True)
    assert find(memory, BUCKET, 5, NOW + 50) == Found((), whole=True)


def test_a_full_bucket_pushes_out_what_would_go_first_and_says_until_when_that_is_missing():
    memory = bucket()
    for number in range(ROWS):
        assert not put(memory, BUCKET, number + 1, 0, NOW + 100 + number, NOW)

    assert put(memory, BUCKET, 99, 0, NOW + 500, NOW)

    assert find(memory, BUCKET, 1, NOW) == Found((), whole=False)
    assert find(memory, BUCKET, 2, NOW) == Found((0,), whole=False)
    assert find(memory, BUCKET, 99, NOW + 100) == Found((0,), whole=False)
    assert find(memory, BUCKET, 99, NOW + 101) == Found((0,), whole=True)


def test_half_a_row_is_neither_there_nor_missing():
    memory = bucket()
    put(memory, BUCKET, 5, 77, NOW + 10, NOW)
    memory[BUCKET + 4 : BUCKET + 8] = (NOW + 99_999).to_bytes(4, "little")  # a later expiry, the old check
    assert find(memory, BUCKET, 5, NOW) == Found((), whole=False)

    put(memory, BUCKET, 5, 77, NOW + 10, NOW)
    assert find(memory, BUCKET, 5, NOW) == Found((77,), whole=True)


def test_nothing_is_kept_longer_than_is_said():
    memory = bucket()
    put(memory, BUCKET, 5, 77, NOW + 100 * MAX_KEPT_S, NOW)
    assert find(memory, BUCKET, 5, NOW + MAX_KEPT_S - 1).values == (77,)
    assert find(memory, BUCKET, 5, NOW + MAX_KEPT_S).values == ()


words = st.integers(0, (1 << 32) - 1)


@given(words, st.integers(NOW + 1, (1 << 32) - 1), words, st.integers(0, 3), words)
def test_a_row_of_which_one_word_is_of_another_is_not_read(tag, expiry, value, which, other):
    memory = bucket()
    put(memory, BUCKET, tag, value, expiry, NOW)
    at = BUCKET + 4 * which
    fresh = other.to_bytes(4, "little")
    if memory[at : at + 4] != fresh:
        memory[at : at + 4] = fresh
        assert find(memory, BUCKET, tag, NOW).values == ()


@given(st.binary(min_size=BUCKET, max_size=BUCKET), words)
def test_any_octets_can_be_read_and_written_over(octets, tag):
    memory = bytearray(octets)
    find(memory, 0, tag, NOW)
    put(memory, 0, tag, 1, NOW + 5, NOW)
    assert 1 in find(memory, 0, tag, NOW).values


def test_nothing_is_missed_that_is_not_said_to_be_lost():
    """Against a plain dictionary, over many random steps of a crowded bucket."""
    memory, kept, now, chosen = bucket(), {}, NOW, random.Random(7)
    for _ in range(4_000):
        now += chosen.randrange(3)
        tag, value = chosen.randrange(1, 6), chosen.randrange(3)
        until = now + chosen.randrange(1, 60)
        put(memory, BUCKET, tag, value, until, now)
        kept[tag, value] = max(until, kept.get((tag, value), 0))
        for one in range(1, 6):
            found = find(memory, BUCKET, one, now)
            live = {value for (tag, value), until in kept.items() if tag == one and until > now}
            assert set(found.values) <= live
            assert not found.whole or set(found.values) == live
