import pytest

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.urls import parse_url
from proxy.replay.hosts_by_category import HostsByCategory

LISTS = HostsByCategory(
    {"arcade.example": "games", "deep.chatter.example": "chat"},
    ["Pages.example/view/Arcade", "https://www.stories.example/story/"],
    "p.json",
)
ARCADE = Listing("Pages.example/view/Arcade", "listed", "p.json", 1, ListingKind.URL)
STORY = Listing("https://www.stories.example/story/", "listed", "p.json", 2, ListingKind.URL)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("arcade.example", [Listing("arcade.example", "games", "p.json", 1)]),
        ("www.play.arcade.example", [Listing("arcade.example", "games", "p.json", 1)]),
        ("chatter.example", []),
        ("notarcade.example", []),
    ],
)
def test_a_name_covers_what_is_below_it(host, found):
    assert list(LISTS.for_host(host)) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        pytest.param("https://pages.example/view/arcade/home", [ARCADE], id="below"),
        pytest.param("https://pages.example/view/arcade-2", [ARCADE], id="it begins so"),
        pytest.param("https://pages.example/view/%61rcade", [ARCADE], id="another spelling"),
        pytest.param("https://pages.example/x/../view//arcade", [ARCADE], id="a way around"),
        pytest.param("https://pages.example/view/maths", [], id="another page"),
        pytest.param("https://stories.example/story/1", [STORY], id="without www"),
        pytest.param("https://www.stories.example/storybook", [], id="not below"),
        pytest.param("https://a.pages.example/view/arcade", [], id="another host"),
    ],
)
def test_a_prefix_covers_what_begins_so(url, found):
    assert list(LISTS.for_url(parse_url(url))) == found


def test_what_may_be_listed_on_a_host_is_known_beforehand():
    assert LISTS.may_list_pages("www.pages.example")
    assert not LISTS.may_list_pages("arcade.example")
    assert LISTS.url_categories("pages.example") == {"listed"}
    assert LISTS.url_categories("arcade.example") == frozenset()
