"""Entries on their way into an index."""

from proxy.decision.listing import ListingKind
from proxy.lists.builder import FIRST_SLOTS, IndexBuilder, Outcome, posting_of
from proxy.lists.formats import Entry, Exemption, Reach

NAME = ListingKind.NAME


def test_what_a_source_has_said_already_is_repeated_and_names_the_first_line():
    builder = IndexBuilder(1)

    assert builder.add(0, Entry(3, NAME, "a.example")) == (Outcome.NEW, 0)
    assert builder.add(0, Entry(9, NAME, "a.example")) == (Outcome.REPEATED, 3)
    assert builder.add(1, Entry(9, NAME, "a.example")) == (Outcome.NEW, 0)


def test_a_name_and_its_star_are_joined_in_either_order():
    builder = IndexBuilder(1)
    for name, first, second in (
        ("a.example", Reach.SELF, Reach.BELOW),
        ("b.example", Reach.BELOW, Reach.SELF),
    ):
        assert builder.add(0, Entry(1, NAME, name, first)) == (Outcome.NEW, 0)
        assert builder.add(0, Entry(2, NAME, name, second)) == (Outcome.JOINED, 1)
        assert builder.add(0, Entry(3, NAME, name)) == (Outcome.REPEATED, 1)


def test_an_exception_and_a_block_of_one_name_stand_side_by_side():
    builder = IndexBuilder(1)
    builder.add(0, Entry(1, NAME, "a.example"))

    assert builder.add(0, Entry(2, NAME, "a.example", Reach.ALL, Exemption.ABSOLUTE)) == (Outcome.NEW, 0)
    assert builder.has_exceptions


def test_the_table_grows_with_its_names():
    builder = IndexBuilder(1)
    for number in range(FIRST_SLOTS):
        builder.add(0, Entry(number + 1, NAME, f"n{number}.example"))

    assert len(builder) == FIRST_SLOTS
    assert all(
        builder.add(0, Entry(1, NAME, f"n{number}.example"))[0] is Outcome.REPEATED
        for number in range(FIRST_SLOTS)
    )


def test_the_deepest_path_and_bare_names_are_noted():
    builder = IndexBuilder(1)
    builder.add(0, Entry(1, ListingKind.URL, "a.example/x/y?z=/1/2/3/4"))
    assert (builder.url_depth, builder.has_bare_names) == (2, False)

    builder.add(0, Entry(1, NAME, "edu"))
    assert builder.has_bare_names


def test_what_further_sources_say_of_a_name_is_kept_in_its_order():
    builder = IndexBuilder(1)
    for source in range(4):
        builder.add(source, Entry(10 + source, NAME, "a.example"))
        builder.add(source, Entry(20 + source, NAME, "b.example"))

    assert [posting >> 32 for posting in builder.further_postings(0)] == [11, 12, 13]
    assert [posting >> 32 for posting in builder.further_postings(1)] == [21, 22, 23]
    assert builder.add(3, Entry(99, NAME, "a.example")) == (Outcome.REPEATED, 13)


def test_a_join_with_a_further_posting_changes_that_one():
    builder = IndexBuilder(1)
    builder.add(0, Entry(1, NAME, "a.example"))
    builder.add(1, Entry(2, NAME, "a.example", Reach.SELF))

    assert builder.add(1, Entry(3, NAME, "a.example", Reach.BELOW)) == (Outcome.JOINED, 2)
    assert [posting & 3 for posting in builder.further_postings(0)] == [3]


def test_ranges_and_expressions_are_numbered_apart_once_each():
    builder = IndexBuilder(1)
    for line, (kind, text) in enumerate(
        [
            (NAME, "a.example"),
            (ListingKind.ADDRESS, "192.0.2.0/24"),
            (ListingKind.EXPRESSION, "poker"),
            (ListingKind.ADDRESS, "192.0.2.0/24"),
            (ListingKind.EXPRESSION, "casino"),
        ],
        1,
    ):
        builder.add(line, Entry(line, kind, text))

    assert (list(builder.addresses), list(builder.patterns)) == ([1], [2, 3])
    assert [builder.key(record) for record in (1, 2, 3)] == [b"=192.0.2.0/24", b"~poker", b"~casino"]


def test_many_names_at_once_become_what_they_would_one_by_one():
    single, many = IndexBuilder(1), IndexBuilder(1)
    names = [f"n{number % (FIRST_SLOTS + 9)}.example" for number in range(2 * FIRST_SLOTS)]
    outcomes = [single.add(place % 3, Entry(place + 1, NAME, name)) for place, name in enumerate(names)]

    known = many.add_names(
        [name.encode() for name in names], [posting_of(place + 1, place % 3) for place in range(len(names))]
    )

    assert known == {place: one for place, one in enumerate(outcomes) if one[0] is not Outcome.NEW}
    assert (many.postings, many.further, many.more) == (single.postings, single.further, single.more)
    assert [many.key(record) for record in range(len(many))] == [
        single.key(record) for record in range(len(single))
    ]
    assert many.add(0, Entry(9, NAME, "n0.example")) == (Outcome.REPEATED, 1)
