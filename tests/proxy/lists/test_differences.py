"""What an update would change."""

from list_world import index_of, source
from proxy.lists.differences import difference
from proxy.lists.formats import Format


def changes(tmp_path, old, new, form=Format.DOMAINS):
    with (
        index_of(tmp_path, source(tmp_path, "old", old, form=form), name="old.sgi") as one,
        index_of(tmp_path, source(tmp_path, "new", new, form=form), name="new.sgi") as other,
    ):
        found = difference(one, other)
    return [listing.rule for listing in found.gained], [listing.rule for listing in found.lost]


def test_names_that_come_and_go_are_named(tmp_path):
    assert changes(tmp_path, "a.example\nb.example\n", "b.example\nc.example\n") == (
        ["c.example"],
        ["a.example"],
    )


def test_what_a_listed_parent_covers_is_no_news(tmp_path):
    assert changes(tmp_path, "example.org\n", "example.org\nwww.example.org\n") == ([], [])
    assert changes(tmp_path, "www.example.org\n", "example.org\n") == (["example.org"], [])


def test_an_exception_that_comes_frees_and_one_that_goes_blocks(tmp_path):
    with_it, without = "||a.example^\n@@||ok.a.example^\n", "||a.example^\n"

    assert changes(tmp_path, without, with_it, Format.ADBLOCK) == ([], ["ok.a.example"])
    assert changes(tmp_path, with_it, without, Format.ADBLOCK) == (["ok.a.example"], [])


def test_a_wildcard_that_comes_is_news(tmp_path):
    one = "a.example CNAME .\n"

    assert changes(tmp_path, one, one + "*.a.example CNAME .\n", Format.RPZ) == (["a.example"], [])


def test_ranges_urls_and_expressions_are_compared_too(tmp_path):
    assert changes(tmp_path, "192.0.2.0/24\n", "192.0.2.7\n198.51.100.0/24\n", Format.ADDRESSES) == (
        ["198.51.100.0/24"],
        ["192.0.2.0/24"],
    )
    assert changes(tmp_path, "a.example/x\n", "a.example/x/y\na.example/z\n", Format.URLS) == (
        ["a.example/z"],
        ["a.example/x"],
    )
    assert changes(tmp_path, "(a1)\n(b1)\n", "(b1)\n(c1)\n", Format.EXPRESSIONS) == (["(c1)"], ["(a1)"])


def test_a_range_is_news_unless_the_other_side_covers_all_of_it(tmp_path):
    only_its_ends = "192.0.2.0\n192.0.2.255\n"
    in_two_halves = "192.0.2.0/25\n192.0.2.128/25\n"

    assert changes(tmp_path, only_its_ends, "192.0.2.0/24\n", Format.ADDRESSES) == (["192.0.2.0/24"], [])
    assert changes(tmp_path, in_two_halves, "192.0.2.0/24\n", Format.ADDRESSES) == ([], [])
    assert changes(tmp_path, "2001:db8::/32\n", "2001:db8:7::/48\n", Format.ADDRESSES) == (
        [],
        ["2001:db8::/32"],
    )


def test_a_range_of_which_an_exception_frees_a_part_is_news(tmp_path):
    whole = "24.0.2.0.192.rpz-ip CNAME .\n"
    freed = whole + "32.7.2.0.192.rpz-ip CNAME rpz-passthru.\n"

    assert changes(tmp_path, freed, whole, Format.RPZ) == (["192.0.2.0/24"], [])
    assert changes(tmp_path, whole, freed, Format.RPZ) == ([], ["192.0.2.0/24"])


def test_the_same_lists_do_not_differ(tmp_path):
    assert changes(tmp_path, "a.example\n192.0.2.7\n", "192.0.2.7\na.example\n") == ([], [])
