"""Spellings under which a list could hold a URL."""

from proxy.lists.url_keys import MAX_QUERY_EDGES, url_keys


def keys(path, query="", depth=9):
    return set(url_keys("a.example", path, query, depth))


def test_a_path_is_looked_up_at_every_edge_of_its_segments():
    assert keys("/x/y/z") == {"a.example/", "a.example/x", "a.example/x/y", "a.example/x/y/z"}


def test_no_deeper_than_any_listed_path():
    assert keys("/x" * 1000, depth=1) == {"a.example/", "a.example/x"}


def test_a_query_is_looked_up_at_every_edge_of_its_parameters():
    assert keys("/w/", "a=1&b=2") >= {
        "a.example/w?a=1&b=2",
        "a.example/w?a=1",
        "a.example/w?a=",
        "a.example/w?a=1&b=",
    }


def test_a_query_of_any_length_costs_a_bounded_number_of_lookups():
    assert len(keys("/w", "&".join("a=1" for _ in range(9999)))) < 10 + 4 * MAX_QUERY_EDGES


def test_capitals_are_also_looked_up_in_lower_case():
    assert keys("/X", "Q=A") >= {"a.example/X", "a.example/x", "a.example/X?Q=A", "a.example/x?q=a"}
