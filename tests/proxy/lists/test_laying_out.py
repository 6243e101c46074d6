"""Entries of a builder, as sections of a file."""

import pytest

from proxy.decision.listing import ListingKind
from proxy.lists.builder import IndexBuilder
from proxy.lists.formats import Entry
from proxy.lists.laying_out import power_of_two, sections_of
from proxy.lists.layout import HEADER_SIZE, SECTIONS

NAME = ListingKind.NAME


def builder_of(*entries):
    builder = IndexBuilder(5)
    for line, (kind, text) in enumerate(entries, 1):
        builder.add(line % 3, Entry(line, kind, text))
    return builder


def sections(builder):
    return {name: b"".join(bytes(piece) for piece in pieces) for name, pieces in sections_of(builder)}


def numbers(octets):
    return list(memoryview(octets).cast("I"))


def test_every_section_of_the_layout_but_the_metadata_is_there_in_its_order():
    assert [*sections(builder_of((NAME, "a.example"))), "meta"] == list(SECTIONS)


def test_a_record_is_its_key_with_its_postings_and_another_mark_ends_the_last():
    laid = sections(builder_of((NAME, "a.example"), (NAME, "a.example")))

    assert laid["records"] == b"\xffa.example\xfe0 1 1 2\xff"
    assert numbers(laid["starts"]) == [HEADER_SIZE, HEADER_SIZE + 18]
    assert numbers(laid["sayings"]) == [1 << 8 | 3, 2 << 8 | 3]


def test_buckets_follow_each_other_and_hold_every_record_once():
    laid = sections(builder_of(*((NAME, f"n{number}.example") for number in range(100))))
    starts = [start - HEADER_SIZE for start in numbers(laid["starts"])]

    assert (starts[0], starts[-1], starts) == (0, len(laid["records"]) - 1, sorted(starts))
    assert sorted(record.split(b"\xfe")[0] for record in laid["records"].split(b"\xff")[1:-1]) == sorted(
        f"n{number}.example".encode() for number in range(100)
    )


def test_expressions_and_ranges_are_found_by_their_place():
    laid = sections(
        builder_of((NAME, "a.example"), (ListingKind.EXPRESSION, "poker"), (ListingKind.ADDRESS, "192.0.2.7"))
    )
    records = laid["records"]

    assert [records[place - HEADER_SIZE :][:7] for place in numbers(laid["patterns"])] == [b"\xff~poker"]
    assert [records[place - HEADER_SIZE :][:11] for place in numbers(laid["members"])] == [b"\xff=192.0.2.7"]


def test_the_same_entries_and_seed_give_the_same_sections():
    entries = [(NAME, f"n{number % 40}.example") for number in range(100)]

    assert sections(builder_of(*entries)) == sections(builder_of(*entries))


@pytest.mark.parametrize(("least", "power"), [(0, 1), (1, 1), (2, 2), (3, 4), (64, 64), (65, 128)])
def test_a_power_of_two_is_not_below_the_number(least, power):
    assert power_of_two(least) == power
