"""Finding lists under a path."""

import pytest

from list_world import small_catalogue
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource
from proxy.lists.survey import NotRead, guess_category, survey


@pytest.fixture
def heap(tmp_path):
    root = tmp_path / "heap"
    for path, text in {
        "LICENSE": "MIT\n",
        "README.md": "# lists\n",
        ".hidden": "a.example\n",
        "porn-hosts": "0.0.0.0 a.example\n",
        "games/plain-nl.txt": "a.example\n",
        "net/AS.txt": "# head\nAS64500 # x\nAS64501\n",
        "net/table.csv": "type,name\ndomain,a.example\n",
        "ut/adult/domains": "a.example\n",
        "words.tsv": "a.example\tgames\n",
        "nothing-known.txt": "a.example\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_every_file_is_a_list_or_named_as_unsupported(heap):
    found = list(survey([heap], small_catalogue()))

    assert [(one.id, one.format, one.category) for one in found if isinstance(one, ListSource)] == [
        ("games/plain-nl.txt", Format.DOMAINS, "games"),
        ("nothing-known.txt", Format.DOMAINS, None),
        ("porn-hosts", Format.HOSTS, "pornography"),
        ("ut", Format.SQUIDGUARD, None),
        ("words.tsv", Format.TSV, None),
    ]
    assert [(one.id, one.entries) for one in found if isinstance(one, NotRead)] == [
        ("net/AS.txt", 2),
        ("net/table.csv", 2),
    ]


def test_a_file_or_tree_can_be_named_itself(heap):
    found = survey([heap / "porn-hosts", heap / "ut"], small_catalogue())

    assert [one.id for one in found] == ["porn-hosts", "ut"]


def test_one_category_of_a_tree_can_be_named_by_its_folder(heap):
    (heap / "ut/adult/usage").write_text("black\n")

    assert [one.id for one in survey([heap / "ut/adult"], small_catalogue())] == ["domains"]


def test_a_file_beside_the_folders_of_a_tree_is_not_passed_over(heap):
    (heap / "ut/more-games.txt").write_text("b.example\n")
    (heap / "ut/global_usage").write_text("NAME EN: adult\n")
    (heap / "ut/porn.symlink-target").write_text("adult\n")

    assert [one.id for one in survey([heap / "ut"], small_catalogue())] == ["ut", "more-games.txt"]


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(survey([tmp_path / "none"], small_catalogue()))


@pytest.mark.parametrize(
    ("names", "category"),
    [
        (["adult-adblock"], "pornography"),
        (["my_liste_blanche.list"], "education"),
        (["hosts", "gambling"], "gambling"),
        (["hosts", "other"], None),
    ],
)
def test_a_category_is_told_from_names_word_by_word(names, category):
    assert guess_category(names, small_catalogue()) == category
