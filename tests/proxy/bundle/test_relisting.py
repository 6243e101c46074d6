"""What a base says of the lists before it."""

from pathlib import Path

import pytest

from proxy.bundle.layout import Layout, Part
from proxy.bundle.relisting import RELISTED, relisted_since, relisting
from proxy.lists.relisted import Relisted
from written_school import WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    """Three bases with lists of equal length, so that they can be compared."""
    made = write_school(tmp_path)
    for name in ("one.example", "two.example", "three.example"):
        made.list_games("games.example", name)
        made.publish()
    return made


def of(*names: str) -> Relisted:
    return Relisted(frozenset(f"{name}.example" for name in names))


def test_each_base_says_what_differs_from_the_one_before(school: WrittenSchool) -> None:
    assert relisted_since(school.layout, 2, 1) == of("one", "two")
    assert relisted_since(school.layout, 3, 2) == of("two", "three")


def test_who_missed_a_base_hears_what_differs_in_all(school: WrittenSchool) -> None:
    assert relisted_since(school.layout, 3, 1) == of("one", "two", "three")


def test_what_is_not_known_is_not_guessed(school: WrittenSchool) -> None:
    layout = school.layout
    assert relisted_since(layout, 3, 0) is None  # the first base has nothing before it
    assert relisted_since(layout, 1, 3) is None
    assert relisted_since(layout, 4, 3) is None
    (school.base(2) / RELISTED).write_bytes(b"1\n")
    assert relisted_since(layout, 3, 1) is None
    assert relisted_since(layout, 3, 2) == of("two", "three")


def test_a_base_after_one_that_was_put_back_says_what_differs_from_that(school: WrittenSchool) -> None:
    link = Layout(school.state).directory / f"{Part.BASE.value}.current"
    link.unlink()
    link.symlink_to("base-1")
    school.list_games("games.example", "four.example")
    assert school.publish() == 4

    assert relisted_since(school.layout, 4, 1) == of("one", "four")
    assert relisted_since(school.layout, 4, 3) is None


def test_lists_that_cannot_be_compared_bring_no_file_along(school: WrittenSchool) -> None:
    school.list_games(*(f"n{n}.example" for n in range(100)))
    school.publish()
    assert not (school.base(4) / RELISTED).exists()
    assert relisted_since(school.layout, 4, 3) is None


def test_an_index_that_was_damaged_is_not_compared_with(school: WrittenSchool) -> None:
    index = school.base(3) / "index.sgi"
    octets = bytearray(index.read_bytes())
    octets[400] ^= 1
    index.write_bytes(octets)
    school.list_games("games.example", "four.example")
    school.publish()
    assert relisted_since(school.layout, 4, 3) is None


def test_the_file_says_since_when(school: WrittenSchool) -> None:
    indexes = [school.base(revision) / "index.sgi" for revision in (1, 2)]
    assert relisting(7, *indexes) == {RELISTED: b"7\none.example\ntwo.example\n"}
