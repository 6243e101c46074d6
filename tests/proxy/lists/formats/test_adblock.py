"""Ad blockers' lists: only rules for whole names are taken."""

import pytest

from list_world import complaints, entries, says
from proxy.decision.listing import ListingKind
from proxy.lists.formats import Entry, Exemption, Format, Reach

ADBLOCK = Format.ADBLOCK


def test_rules_for_whole_names_are_blocks():
    text = "[Adblock Plus 2.0]\n! Title: x\n# note\n||Ads.Example.org^\n||192.0.2.7^\n||b.example^|\n"

    assert entries(ADBLOCK, text) == [
        (4, "name", "ads.example.org"),
        (5, "address", "192.0.2.7"),
        (6, "name", "b.example"),
    ]


def test_a_star_label_means_only_what_lies_below():
    assert says(ADBLOCK, "||*.example.org^") == [Entry(1, ListingKind.NAME, "example.org", Reach.BELOW)]


def test_an_exception_is_absolute():
    expected = Entry(1, ListingKind.NAME, "ok.example.org", Reach.ALL, Exemption.ABSOLUTE)

    assert says(ADBLOCK, "@@||ok.example.org^") == [expected]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        pytest.param("||a.example^$third-party", "adblock options", id="options"),
        pytest.param("||a.example$third-party", "adblock options", id="options without a separator"),
        pytest.param("@@||a.example^$document", "adblock options", id="an exception with options"),
        pytest.param("a.example##.ad", "cosmetic rule", id="cosmetic for a site"),
        pytest.param("##.banner", "cosmetic rule", id="cosmetic for all"),
        pytest.param("a.example,b.example##+js(aopr, miner)", "cosmetic rule", id="a scriptlet"),
        pytest.param("a.example#@#.ad", "cosmetic rule", id="cosmetic exception"),
        pytest.param("||a.example/ads/", "path rule", id="a path"),
        pytest.param("||a.example/ads^", "path rule", id="a path with a separator"),
        pytest.param("|https://a.example/x.js", "path rule", id="an anchored URL"),
        pytest.param("/miner[0-9]+/", "pattern", id="a regular expression"),
        pytest.param("||a*.example^", "pattern", id="a star inside a name"),
        pytest.param("||a.example", "pattern", id="the beginning of many names"),
        pytest.param("/coinhive.min.js", "text fragment", id="a text fragment"),
        pytest.param("a.example", "text fragment", id="a bare name is a fragment here"),
        pytest.param("||^", "not a name", id="no name at all"),
    ],
)
def test_everything_else_is_reported_and_not_turned_into_a_block(rule, why):
    assert complaints(ADBLOCK, rule) == [(1, why)]
