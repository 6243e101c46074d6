"""SquidGuard directories."""

from dataclasses import replace

import pytest

from list_world import small_catalogue, source
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource
from proxy.lists.tree import files_of, is_tree


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "blacklists"
    for path, text in {
        "adult/domains": "a.example\n",
        "adult/urls": "a.example/x\n",
        "adult/very_restrictive_expression": "(win)\n",
        "adult/usage": "black\n",
        "agressif/expressions": "(hit)\n",
        "drugs/leaf/domains": "b.example\n",
        "liste_blanche/domains": "c.example\n",
        "liste_blanche/usage": "white\nkids\n",
        "odd/domains": "d.example\n",
        "odd/usage": "black\njeux\n",
        "stuff/readme": "nothing\n",
        "global_usage": "NAME: adult\n",
        "doh.symlink-target": "secret\n",
        "secret/domains": "e.example\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "porn").symlink_to("adult")
    return ListSource("ut", "UT", root, Format.SQUIDGUARD)


def test_each_file_of_entries_is_one_list_under_its_folders_category(tree):
    assert [(file.id, file.format.value, file.category) for file in files_of(tree, small_catalogue())] == [
        ("ut/adult/domains", "domains", "pornography"),
        ("ut/adult/urls", "urls", "pornography"),
        ("ut/adult/very_restrictive_expression", "expressions", "pornography"),
        ("ut/agressif/expressions", "expressions", "violence"),
        ("ut/drugs/leaf/domains", "domains", None),
        ("ut/liste_blanche/domains", "domains", "education"),
        ("ut/odd/domains", "domains", "games"),
        ("ut/secret/domains", "domains", "encrypted_dns"),
    ]


def test_links_of_both_kinds_are_synonyms_and_no_second_copy(tree):
    upstream = {file.id: file.upstream for file in files_of(tree, small_catalogue())}

    assert upstream["ut/adult/domains"] == ("adult", "porn")
    assert upstream["ut/secret/domains"] == ("secret", "doh")


def test_a_white_folder_is_an_allow_list(tree):
    assert [file.id for file in files_of(tree, small_catalogue()) if file.allow] == [
        "ut/liste_blanche/domains"
    ]


def test_very_restrictive_expressions_are_held_back_unless_asked_for(tree):
    def held(source):
        return [file.id for file in files_of(source, small_catalogue()) if file.held]

    assert held(tree) == ["ut/adult/very_restrictive_expression"]
    assert held(replace(tree, restrictive=True)) == []


def test_a_map_of_its_own_decides_alone_by_any_of_a_folders_names(tree):
    mapped = replace(tree, categories={"porn": "violence", "drugs/leaf": "games"})
    found = {file.id: file.category for file in files_of(mapped, small_catalogue()) if file.category}

    assert found == {
        "ut/adult/domains": "violence",
        "ut/adult/urls": "violence",
        "ut/adult/very_restrictive_expression": "violence",
        "ut/drugs/leaf/domains": "games",
    }


def test_any_other_source_is_its_own_only_file(tmp_path):
    toys = source(tmp_path, "toys", "a.example\n")
    (file,) = files_of(toys, small_catalogue())

    assert (file.id, file.path, file.format, file.category) == ("toys", toys.path, Format.DOMAINS, "games")


def test_a_tree_is_known_by_folders_that_hold_list_files(tree, tmp_path):
    assert is_tree(tree.path)
    assert not is_tree(tmp_path)
