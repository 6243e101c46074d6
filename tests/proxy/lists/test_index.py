"""The compiled index, asked about hosts, URLs and addresses."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from list_world import build, index_of, source
from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import suffixes
from proxy.decision.urls import Url, parse_url
from proxy.lists.errors import IndexRefused
from proxy.lists.formats import Format
from proxy.lists.index import DomainIndex

NAME, URL, ADDRESS, EXPRESSION = (
    ListingKind.NAME,
    ListingKind.URL,
    ListingKind.ADDRESS,
    ListingKind.EXPRESSION,
)


def rules(listings):
    return [(listing.list_id, listing.rule, listing.line) for listing in listings]


def test_a_name_is_found_by_itself_and_from_below_with_its_list_and_line(tmp_path):
    with index_of(tmp_path, source(tmp_path, "toys", "# x\nexample.org\n")) as index:
        expected = [Listing("example.org", "games", "toys", 2, NAME)]

        assert list(index.for_host("example.org")) == expected
        assert list(index.for_host("www.play.example.org")) == expected


@pytest.mark.parametrize("host", ["example.net", "org", "notexample.org", "example.org.test", "ample.org"])
def test_other_names_are_not_found(tmp_path, host):
    with index_of(tmp_path, source(tmp_path, "toys", "example.org\n")) as index:
        assert index.for_host(host) == ()


def test_several_lists_and_categories_answer_the_most_specific_name_first(tmp_path):
    one = source(tmp_path, "one", "example.org\n")
    two = source(tmp_path, "two", "play.example.org\nexample.org\n", "gambling")
    with index_of(tmp_path, one, two) as index:
        found = index.for_host("a.play.example.org")

    assert [(listing.rule, listing.category, listing.list_id) for listing in found] == [
        ("play.example.org", "gambling", "two"),
        ("example.org", "games", "one"),
        ("example.org", "gambling", "two"),
    ]


def test_an_exception_takes_away_only_its_own_lists_lines(tmp_path):
    blocker = source(
        tmp_path, "ads", "||example.org^\n||a.ok.example.org^\n@@||ok.example.org^\n", form=Format.ADBLOCK
    )
    other = source(tmp_path, "other", "example.org\n")
    with index_of(tmp_path, blocker, other) as index:
        assert rules(index.for_host("example.org")) == [
            ("ads", "example.org", 1),
            ("other", "example.org", 1),
        ]
        assert rules(index.for_host("a.ok.example.org")) == [("other", "example.org", 1)]


def test_in_a_policy_zone_the_most_specific_trigger_wins(tmp_path):
    zone = (
        "*.example.org CNAME .\nok.example.org CNAME rpz-passthru.\n"
        "*.ok.example.org CNAME rpz-passthru.\nbad.ok.example.org CNAME .\n"
    )
    with index_of(tmp_path, source(tmp_path, "zone", zone, form=Format.RPZ)) as index:
        assert rules(index.for_host("www.example.org")) == [("zone", "example.org", 1)]
        assert index.for_host("example.org") == ()
        assert index.for_host("ok.example.org") == ()
        assert index.for_host("x.ok.example.org") == ()
        assert rules(index.for_host("bad.ok.example.org")) == [("zone", "bad.ok.example.org", 4)]


def test_a_trigger_for_one_name_does_not_reach_below(tmp_path):
    with index_of(tmp_path, source(tmp_path, "zone", "example.org CNAME .\n", form=Format.RPZ)) as index:
        assert rules(index.for_host("example.org")) == [("zone", "example.org", 1)]
        assert index.for_host("www.example.org") == ()


def test_an_address_is_found_in_every_range_around_it_the_narrowest_first(tmp_path):
    text = "198.51.100.0/24\n198.51.0.0/16\n198.51.100.7\n2001:db8::/32\n2001:db8:1::/48\n"
    with index_of(tmp_path, source(tmp_path, "net", text, form=Format.ADDRESSES)) as index:
        assert rules(index.for_host("198.51.100.7")) == [
            ("net", "198.51.100.7", 3),
            ("net", "198.51.100.0/24", 1),
            ("net", "198.51.0.0/16", 2),
        ]
        assert rules(index.for_host("198.51.101.0")) == [("net", "198.51.0.0/16", 2)]
        assert rules(index.for_host("2001:db8:1::9")) == [
            ("net", "2001:db8:1::/48", 5),
            ("net", "2001:db8::/32", 4),
        ]
        assert [index.for_host(host) for host in ("198.52.0.0", "198.50.255.255", "2001:db9::", "::9")] == [
            (),
            (),
            (),
            (),
        ]
        assert index.for_host("198.51.100.7")[0].kind is ADDRESS


def test_an_exempted_address_is_free_of_its_lists_wider_ranges(tmp_path):
    zone = "16.0.0.51.198.rpz-ip CNAME .\n32.7.100.51.198.rpz-ip CNAME rpz-passthru.\n"
    with index_of(tmp_path, source(tmp_path, "zone", zone, form=Format.RPZ)) as index:
        assert index.for_host("198.51.100.7") == ()
        assert rules(index.for_host("198.51.100.8")) == [("zone", "198.51.0.0/16", 1)]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        pytest.param("https://example.org/games", True, id="the page itself"),
        pytest.param("http://www.example.org:81/games/chess?x=1", True, id="below it, with www, on any port"),
        pytest.param("https://example.org/Games/", True, id="a lower-case line covers every case"),
        pytest.param("https://example.org/a/../%67ames", True, id="in a disguise"),
        pytest.param("https://example.org/gamesters", False, id="not at a segment's edge"),
        pytest.param("https://example.org/", False, id="not above it"),
        pytest.param("https://play.example.org/games", False, id="not on another host"),
        pytest.param("https://example.org/watch?v=1&t=2", True, id="a query that begins so"),
        pytest.param("https://example.org/watch?v=12", False, id="a longer value"),
        pytest.param("https://example.org/watch?t=2&v=1", False, id="another order"),
        pytest.param("https://example.org/watch", False, id="without the query"),
        pytest.param("https://example.org/X/Y", True, id="a line with capitals, as it is"),
        pytest.param("https://example.org/x/y", False, id="a line with capitals, in another case"),
        pytest.param("https://whole.example/any/where", True, id="a line without a path"),
    ],
)
def test_a_listed_url_covers_itself_and_what_lies_below(tmp_path, url, found):
    text = "www.example.org/games/\nexample.org/watch?v=1\nexample.org/X/Y\nwhole.example\n"
    with index_of(tmp_path, source(tmp_path, "pages", text, form=Format.URLS)) as index:
        listings = index.for_url(parse_url(url))

        assert bool(listings) is found
        assert index.for_host(parse_url(url).host) == ()
        assert all(listing.kind is URL for listing in listings)


@pytest.mark.parametrize("path", ["/a\udcff", "/\ud800", "/é"])
def test_a_path_that_is_no_unicode_is_looked_up_all_the_same(tmp_path, path):
    pages = source(tmp_path, "pages", "example.org/%ff\nexample.org/é\n", form=Format.URLS)
    words = source(tmp_path, "words", "never-there\n", form=Format.EXPRESSIONS)
    with index_of(tmp_path, pages, words) as index:
        assert bool(index.for_url(Url("https", "example.org", 443, path))) is (path == "/é")
        assert index.for_url(parse_url("https://example.org/%FF"))


def test_categories_of_urls_are_known_for_exactly_their_host(tmp_path):
    pages = source(tmp_path, "pages", "www.example.org/a\nexample.org/b\n", form=Format.URLS)
    more = source(tmp_path, "more", "example.org/c\n", "gambling", Format.URLS)
    with index_of(tmp_path, pages, more) as index:
        assert index.url_categories("example.org") == {"games", "gambling"}
        assert index.url_categories("www.example.org") == {"games", "gambling"}
        assert index.url_categories("play.example.org") == frozenset()
        assert index.url_categories("org") == frozenset()


def test_an_expression_is_tried_anywhere_in_host_path_and_query(tmp_path):
    text = r"(^|[-.])poker([-.]|$)" + "\n" + r"/ads/.*\.gif" + "\n" + "q=free games\n"
    with index_of(tmp_path, source(tmp_path, "words", text, form=Format.EXPRESSIONS)) as index:
        assert rules(index.for_url(parse_url("https://www.poker.example/"))) == [
            ("words", r"(^|[-.])poker([-.]|$)", 1)
        ]
        assert rules(index.for_url(parse_url("https://x.example/ADS/1.GIF?z")))[0][2] == 2
        assert rules(index.for_url(parse_url("https://x.example/s?q=Free%20Games")))[0][2] == 3
        assert rules(index.for_url(parse_url("https://x.example/s?q=free+games")))[0][2] == 3
        assert index.for_url(parse_url("https://spoker.example/ad/1.gif")) == ()
        assert index.for_url(parse_url("https://www.poker.example/"))[0].kind is EXPRESSION


def test_no_two_names_are_taken_for_each_other_however_many_there_are(tmp_path):
    names = [f"n{number}.example" for number in range(5000)]
    with index_of(tmp_path, source(tmp_path, "many", "\n".join(names))) as index:
        assert all(rules(index.for_host(name)) == [("many", name, at)] for at, name in enumerate(names, 1))
        assert not any(index.for_host(f"m{number}.example") for number in range(5000))


LABEL = st.sampled_from(["a", "b", "c", "xn--d"])
NAMES = st.lists(st.lists(LABEL, min_size=2, max_size=4).map(".".join), max_size=12)


@given(listed=NAMES, asked=st.lists(LABEL, min_size=1, max_size=6).map(".".join))
@settings(max_examples=60, deadline=None)
def test_the_index_finds_exactly_the_listed_names_that_cover_a_host(tmp_path_factory, listed, asked):
    directory = tmp_path_factory.mktemp("index")
    with index_of(directory, source(directory, "list", "\n".join(listed))) as index:
        found = [listing.rule for listing in index.for_host(asked)]

    assert found == [name for name in suffixes(asked) if name in listed]


def test_all_rules_and_lines_can_be_walked_through(tmp_path):
    blocker = source(tmp_path, "ads", "||a.example^\n@@||b.a.example^\n", form=Format.ADBLOCK)
    pages = source(tmp_path, "pages", "a.example/x\n", form=Format.URLS)
    with index_of(tmp_path, blocker, pages) as index:
        names = sorted(index.names(), key=lambda pair: pair[1])
        assert names == [(NAME, "a.example"), (URL, "a.example/x"), (NAME, "b.a.example")]
        assert sorted((listing.rule, int(flags)) for listing, flags in index.listings()) == [
            ("a.example", 3),
            ("a.example/x", 3),
            ("b.a.example", 7),
        ]


def test_bare_names_of_an_allow_list_are_found(tmp_path):
    allow = replace(source(tmp_path, "ok", "edu\nexample.org\n", "education"), allow=True)
    with index_of(tmp_path, allow) as index:
        assert rules(index.for_host("www.school.edu")) == [("ok", "edu", 1)]


def test_beside_a_bare_name_all_others_are_found_as_ever(tmp_path):
    allow = replace(source(tmp_path, "ok", "edu\nexample.org\na.b.example.net\n", "education"), allow=True)
    with index_of(tmp_path, allow) as index:
        assert rules(index.for_host("x.a.b.example.net")) == [("ok", "a.b.example.net", 3)]
        assert (index.for_host("b.example.net"), index.for_host("net"), index.for_host("")) == ((), (), ())


def test_what_many_lists_say_of_one_name_is_found_in_the_order_of_the_lists(tmp_path):
    lists = [source(tmp_path, f"l{number}", "\n" * number + "example.org\n") for number in range(50)]
    with index_of(tmp_path, *lists) as index:
        found = rules(index.for_host("www.example.org"))

    assert found == [(f"l{number}", "example.org", number + 1) for number in range(50)]


def test_keys_of_other_kinds_are_not_taken_for_names(tmp_path):
    words = source(tmp_path, "words", "example.org\n", form=Format.EXPRESSIONS)
    pages = source(tmp_path, "pages", "example.org/a\n", form=Format.URLS)
    with index_of(tmp_path, words, pages) as index:
        assert [index.for_host(host) for host in ("example.org", "~example.org", "/example.org")] == [()] * 3


def test_an_index_of_nothing_answers_nothing(tmp_path):
    with index_of(tmp_path) as index:
        assert index.for_host("example.org") == ()
        assert index.for_host("192.0.2.7") == ()
        assert index.for_host("2001:db8::7") == ()
        assert index.for_url(parse_url("https://example.org/")) == ()


def test_a_closed_index_answers_no_more(tmp_path):
    index = index_of(tmp_path, source(tmp_path, "toys", "example.org\n"))
    index.close()
    index.close()

    with pytest.raises(ValueError, match="released"):
        index.for_host("example.org")


def test_a_new_file_in_its_place_leaves_the_open_one_answering(tmp_path):
    index = index_of(tmp_path, source(tmp_path, "old", "old.example\n"))
    build(tmp_path, source(tmp_path, "new", "new.example\n"))

    assert index.for_host("old.example")
    assert not index.for_host("new.example")
    index.close()


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
@settings(max_examples=80, deadline=None)
def test_one_flipped_bit_anywhere_is_noticed(tmp_path_factory, at, bit):
    directory = tmp_path_factory.mktemp("flip")
    path, _ = build(directory, source(directory, "toys", "example.org\n192.0.2.0/24\n"))
    octets = bytearray(path.read_bytes())
    octets[at % len(octets)] ^= 1 << bit
    path.write_bytes(octets)

    with pytest.raises(IndexRefused, match=r"index\.sgi"):
        DomainIndex.open(path)


def test_a_host_of_which_no_page_can_be_listed_is_known_beforehand(tmp_path):
    pages = source(tmp_path, "pages", "example.org/games\n", form=Format.URLS)
    hosts = ("example.org", "www.example.org", "play.example.org", "example.net")
    with index_of(tmp_path, pages) as index:
        assert [index.may_list_pages(host) for host in hosts] == [True, True, False, False]


def test_where_there_are_expressions_any_page_may_be_listed(tmp_path):
    words = source(tmp_path, "words", "casino-[0-9]+\n", form=Format.EXPRESSIONS)
    with index_of(tmp_path, words) as index:
        assert index.may_list_pages("example.net")
