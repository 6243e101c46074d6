"""Telling whether lists must be compiled again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.bundle.inputs import inputs_digest
from proxy.lists.categories import Catalogue, load_categories
from proxy.lists.selection import select_lists
from proxy.lists.sources import ListSource
from written_school import WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def catalogue(school: WrittenSchool) -> Catalogue:
    return load_categories(school.settings().lists.blocklists / "categories.yaml")


def digest(school: WrittenSchool, change: Callable[[ListSource], ListSource] = lambda source: source) -> str:
    known = catalogue(school)
    lists = select_lists(school.settings().lists, known, school.state).lists
    return inputs_digest([change(source) for source in lists], known)


def test_the_same_lists_have_the_same_digest(school: WrittenSchool, tmp_path: Path) -> None:
    again = write_school(tmp_path / "again")
    assert digest(school) == digest(school) == digest(again)


def test_one_more_name_changes_it(school: WrittenSchool) -> None:
    before = digest(school)
    school.list_games("games.example", "arcade.example", "more.example")
    assert digest(school) != before


@pytest.mark.parametrize(
    "change", [{"category": "education"}, {"allow": True}, {"id": "other"}, {"title": "Play"}]
)
def test_another_reading_of_a_list_changes_it(school: WrittenSchool, change: dict[str, object]) -> None:
    assert digest(school, lambda source: replace(source, **change)) != digest(school)
