"""An index's account of itself."""

import pytest

from list_world import NOW, index_of, source
from proxy.lists.meta import IndexMeta, ListMeta

META = IndexMeta(NOW, (ListMeta("a", "A", "games", "domains"),), ("games",), ((0, 0),), 3, 2, False, True)


def test_it_comes_back_from_json_as_it_was():
    assert IndexMeta.from_json(META.to_json()) == META


@pytest.mark.parametrize(
    "change",
    [
        {"sources": [[0, 1]]},
        {"sources": [[1, 0]]},
        {"lists": [{"id": "a"}]},
        {"built_at": "soon"},
        {"records": "x"},
    ],
)
def test_a_contradiction_is_an_error(change):
    with pytest.raises((TypeError, ValueError, LookupError)):
        IndexMeta.from_json({**META.to_json(), **change})


def test_an_index_names_its_lists_counts_and_reasons(tmp_path):
    with index_of(tmp_path, source(tmp_path, "toys", "a.example\na.example\ncom\n")) as index:
        (entry,) = index.meta.lists

    assert (entry.id, entry.title, entry.category, entry.format) == (
        "toys",
        "The list toys",
        "games",
        "domains",
    )
    assert entry.counts["entries"] == 3
    assert entry.counts["names"] == 1
    assert entry.reasons == {"repeated": 1, "public suffix": 1}
    assert index.meta.built_at == NOW
