"""Starter lists."""

from datetime import date
from pathlib import Path

import pytest

from list_world import small_catalogue
from proxy.lists.categories import load_categories
from proxy.lists.errors import ListsProblem
from proxy.lists.formats import Complaint, Format, read
from proxy.lists.starters import Head, read_head, starter_lists

BLOCKLISTS = Path(__file__).parents[3] / "blocklists"
HEAD = "# title: Toys\n# category: games\n# licence: CC0-1.0\n# date: 2026-11-21\n# belongs: Games for fun.\n"


def written(tmp_path, head=HEAD, folder="games"):
    path = tmp_path / folder / "starter.txt"
    path.parent.mkdir()
    path.write_text(head + "\nplay.example\n", "utf-8")
    return path


def test_a_head_is_read(tmp_path):
    assert read_head(written(tmp_path)) == Head(
        "Toys", "games", "CC0-1.0", date(2026, 11, 21), "Games for fun."
    )


def test_the_lists_under_a_directory_are_found_by_category(tmp_path):
    written(tmp_path)
    written(tmp_path, HEAD.replace("games", "education"), "education")
    (tmp_path / "pass_through").mkdir()

    found = starter_lists(tmp_path, small_catalogue())

    assert [(one.id, one.category, one.allow, one.format) for one in found] == [
        ("starter/education", "education", True, Format.DOMAINS),
        ("starter/games", "games", False, Format.DOMAINS),
    ]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("# licence: CC0-1.0\n", ""), "the head has no 'licence'"),
        (HEAD.replace("2026-11-21", "today"), "the date is not one"),
        (HEAD + "# title: Again\n", "the head has 'title' twice"),
        (HEAD.replace("games", "gamez"), "no category is called 'gamez'"),
        (HEAD.replace("games", "gambling"), "it stands in the folder games/ and says category: gambling"),
    ],
)
def test_a_wrong_head_is_named(tmp_path, head, words):
    written(tmp_path, head)

    with pytest.raises(ListsProblem, match=r"starter\.txt") as caught:
        starter_lists(tmp_path, small_catalogue())
    assert words in str(caught.value)


def test_every_line_of_schoolgates_own_starter_lists_is_taken():
    catalogue = load_categories(BLOCKLISTS / "categories.yaml")
    lists = starter_lists(BLOCKLISTS, catalogue)
    complaints = []
    for source in lists:
        with source.path.open(encoding="utf-8") as lines:
            complaints += [
                (source.id, str(item)) for item in read(source.format, lines) if isinstance(item, Complaint)
            ]

    assert len(lists) >= 25
    assert complaints == []
