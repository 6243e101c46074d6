"""The index file's plan."""

import pytest

from proxy.decision.listing import ListingKind
from proxy.lists.formats import Reach
from proxy.lists.layout import (
    HEADER_SIZE,
    SECTIONS,
    Flag,
    header,
    kind_of,
    last_two_labels,
    rule_of,
    spelled,
)


@pytest.mark.parametrize(
    ("key", "kind", "rule"),
    [
        ("example.org", ListingKind.NAME, "example.org"),
        ("example.org/a", ListingKind.URL, "example.org/a"),
        ("=192.0.2.0/24", ListingKind.ADDRESS, "192.0.2.0/24"),
        ("~a/b", ListingKind.EXPRESSION, "a/b"),
    ],
)
def test_a_key_tells_its_kind_and_rule(key, kind, rule):
    assert (kind_of(key), rule_of(key)) == (kind, rule)


def test_a_header_has_its_fixed_size_and_leaves_what_follows_aligned():
    assert len(header(1, 2, bytes(16), [(0, 0)] * len(SECTIONS))) == HEADER_SIZE
    assert HEADER_SIZE % 8 == 0


def test_a_postings_reach_has_the_bits_of_an_entrys():
    assert (int(Flag.SELF), int(Flag.BELOW)) == (int(Reach.SELF), int(Reach.BELOW))


@pytest.mark.parametrize(
    ("number", "digits"), [(0, b"0"), (35, b"z"), (36, b"10"), (1_000_000, b"lfls"), (0xFFFFFFFF, b"1z141z3")]
)
def test_a_number_of_a_posting_is_read_as_it_was_written(number, digits):
    assert (spelled(number), int(digits, 36)) == (digits, number)


@pytest.mark.parametrize(
    ("name", "tail"),
    [
        (b"www.play.example.org", b"example.org"),
        (b"example.org", b"example.org"),
        (b"org", b"org"),
        (b"", b""),
    ],
)
def test_the_last_two_labels_of_a_name(name, tail):
    assert last_two_labels(name) == tail
