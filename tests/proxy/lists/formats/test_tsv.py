"""Tables of names and categories."""

from list_world import complaints, entries, says
from proxy.lists.formats import Format

TSV = Format.TSV


def test_a_line_carries_its_own_categories():
    items = says(TSV, "a.example\tgames, jeux\n192.0.2.7\tgambling\n")

    assert [(item.text, item.categories) for item in items] == [
        ("a.example", ("games", "jeux")),
        ("192.0.2.7", ("gambling",)),
    ]


def test_column_titles_are_named_as_such_only_in_the_first_line():
    assert complaints(TSV, "Domain\tCategories\na.example\tgames\n") == [(1, "column titles")]


def test_comments_say_nothing():
    assert entries(TSV, "# name\tcategories\n\n") == []


def test_a_line_without_categories_is_reported():
    assert complaints(TSV, "a.example\nb.example\t\nc.example\t , \n") == [
        (1, "no category"),
        (2, "no category"),
        (3, "no category"),
    ]
