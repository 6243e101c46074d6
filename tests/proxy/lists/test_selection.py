"""Which lists a school compiles."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from list_world import small_catalogue
from proxy.lists.copies import Copies, CopyFacts
from proxy.lists.formats import Format
from proxy.lists.selection import own_list, select_lists, unlisted_floor

FIELDS = "title: T, url: 'https://a.example/1', licence: MIT, format: hosts, category: games"
SOURCES = "version: 1\nsources:\n" + "".join(
    f"  - {{id: {id_}, {FIELDS}{more}}}\n"
    for id_, more in (("here", ""), ("gone", ", enabled: true"), ("off", ""))
)
HEAD = """\
# title: Toys
# category: games
# licence: CC0-1.0
# date: 2026-11-21
# belongs: Fun.
play.example
"""


@dataclass(frozen=True)
class Own:
    """One of the school's own lists."""

    id: str = "own"
    title: str = "Our own"
    file: Path = Path("/lists/own.txt")
    format: Format = Format.DOMAINS
    category: str | None = "games"
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What the settings say."""

    blocklists: Path
    starter: bool = True
    subscribe: tuple[str, ...] = ("here", "unheard")
    local: tuple[Own, ...] = (Own(),)


@pytest.fixture
def blocklists(tmp_path):
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "starter.txt").write_text(HEAD)
    (tmp_path / "sources.yaml").write_text(SOURCES)
    return tmp_path


def test_starter_lists_good_copies_and_own_lists_are_put_together(blocklists, tmp_path):
    copies = Copies(tmp_path / "state" / "lists")
    place = copies.begin("here")
    (place / "data").write_text("0.0.0.0 a.example\n")
    moment = "2026-11-23T10:00:00+00:00"
    good = copies.keep(place, CopyFacts("https://a.example/1", moment, moment, "", 1, 1), array("Q"))

    chosen = select_lists(Choices(blocklists), small_catalogue(), tmp_path / "state")

    assert [(one.id, one.path) for one in chosen.lists] == [
        ("starter/games", blocklists / "games" / "starter.txt"),
        ("here", good.path),
        ("own", Path("/lists/own.txt")),
    ]
    assert [one.id for one in chosen.missing] == ["gone"]
    assert chosen.unknown == ("unheard",)


def test_starter_lists_can_be_left_out(blocklists, tmp_path):
    chosen = select_lists(
        Choices(blocklists, starter=False, subscribe=()), small_catalogue(), tmp_path / "state"
    )

    assert [one.id for one in chosen.lists] == ["own"]


def test_it_says_which_categories_of_the_floor_no_list_is_about() -> None:
    games, adult = own_list(Own()), own_list(Own(category="pornography"))
    mixed = own_list(Own(category=None, categories={"csam": "child_abuse"}))
    assert unlisted_floor([games]) == ("child_abuse", "pornography")
    assert unlisted_floor([games, adult]) == ("child_abuse",)
    assert unlisted_floor([adult, mixed]) == ()
