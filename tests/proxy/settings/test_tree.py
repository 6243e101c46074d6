"""Walking a tree by a path."""

from proxy.settings.positions import read_document
from proxy.settings.tree import item_id, plain, steps

TEXT = b"groups:\n  - {id: low, rules: [a]}\n  - {id: high}\n"


def lines(*path: str | int) -> list[int]:
    root = read_document(TEXT, "a.yaml").root
    assert root is not None
    return [place.line for _, place, _ in steps(root, path)]


def test_a_list_item_is_found_by_number_and_by_id() -> None:
    assert lines("groups", 1, "id") == [1, 3, 3]
    assert lines("groups", "high", "id") == [1, 3, 3]


def test_the_walk_ends_where_the_tree_ends() -> None:
    assert lines("groups", "none", "id") == [1]
    assert lines("groups", 7) == [1]
    assert lines("nothing") == []
    assert lines("groups", 0, "rules", 0, "deeper") == [1, 2, 2, 2]


def test_an_item_without_id_has_none() -> None:
    root = read_document(TEXT, "a.yaml").root
    assert root is not None
    assert item_id(root) == ""
    assert plain(root) == {"groups": [{"id": "low", "rules": ["a"]}, {"id": "high"}]}
