"""Entries on their way into an index."""

from proxy.decision.listing import ListingKind
from proxy.lists.builder import FIRST_SLOTS, IndexBuilder, Outcome
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


def test_the_same_entries_and_seed_give_the_same_arrays():
    def arrays():
        builder = IndexBuilder(5)
        for number in range(100):
            builder.add(number % 3, Entry(number + 1, NAME, f"n{number % 40}.example"))
        return {name: bytes(values) for name, values in builder.arrays().items()}

    assert arrays() == arrays()
