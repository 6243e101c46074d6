import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.safe_search import safe_search
from proxy.decision.signs import Consequence
from tests.fakes.exchanges import asked, shipped, techniques, told

PARAMETER, COOKIE = "safesearch.param", "safesearch.cookie"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=cats&safe=off",
        "https://www.google.com/search?q=cats&safe=active&safe=off",
        "https://www.google.com/search?q=cats&s%61fe=%6fff",
        "https://www.google.com/search?q=cats&SAFE=OFF",
        "https://www.google.com/search?q=cats&%2573afe=off",
        "https://www.google.co.uk/images?q=cats&safe=images",
        "https://images.google.de/search?q=cats;safe=off",
        "https://www.bing.com/images/search?q=cats&adlt=off",
        "https://cn.bing.com/search?q=cats&ADLT=off",
        "https://duckduckgo.com/?q=cats&kp=-2",
        "https://html.duckduckgo.com/html/?q=cats&kp=-2",
        "https://uk.images.search.yahoo.com/search/images?p=cats&vm=p",
        "https://search.brave.com/search?q=cats&safesearch=off",
        "https://yandex.com.tr/search/?text=cats&family=no",
        "https://www.ecosia.org/search?q=cats&safesearch=0",
    ],
)
def test_a_parameter_that_weakens_is_known_in_every_spelling(url):
    (sign,) = safe_search(asked(url), shipped())
    assert (sign.technique, sign.consequence) == (PARAMETER, Consequence.REWRITE)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=cats&safe=active",
        "https://www.google.com/search?q=safe%3Doff",
        "https://shop.example.org/locks?safe=off",
        "https://www.google.example.org/search?q=cats&safe=off",
        "https://notgoogle.com/search?safe=off",
        "https://duckduckgo.com/?q=cats&kp=1",
        "https://www.bing.com/search?q=adlt+off",
        "https://www.youtube.com/watch?v=abc&t=30",
        "https://search.yahoo.com/search?p=cats",
    ],
)
def test_other_parameters_and_other_hosts_are_nothing(url):
    assert techniques(safe_search, asked(url)) == []


@pytest.mark.parametrize(
    ("url", "cookie", "expected"),
    [
        pytest.param(
            "https://www.bing.com/search?q=a", "MUID=1; SRCHHLPGUSR=SRCHLANG=en&ADLT=OFF", [COOKIE], id="off"
        ),
        pytest.param(
            "https://www.bing.com/images/search?q=a", "SRCHHPGUSR=ADLT=OFF&BRW=W", [COOKIE], id="other"
        ),
        pytest.param("https://www.bing.com/search?q=a", "SRCHHLPGUSR=ADLT=STRICT", [], id="strict"),
        pytest.param("https://shop.example.org/", "SRCHHLPGUSR=ADLT=OFF", [], id="another's"),
        pytest.param("https://duckduckgo.com/?q=a", "ax=1; p=-2", [COOKIE], id="DuckDuckGo"),
    ],
)
def test_cookies_that_weaken_are_known(url, cookie, expected):
    assert techniques(safe_search, asked(url, fields={"cookie": cookie})) == expected


def test_evidence_holds_the_decisive_parameter_alone():
    assert told(safe_search, asked("https://www.google.com/search?q=my+secret&safe=off")) == {
        "parameter": "safe=off"
    }


def test_evidence_holds_no_cookie():
    seen = asked("https://www.bing.com/", fields={"cookie": "SRCHHLPGUSR=id=12345&ADLT=OFF"})
    assert told(safe_search, seen) == {"cookie": "srchhlpgusr: adlt=off"}


@given(st.text(max_size=300))
def test_no_query_makes_it_raise(query):
    list(safe_search(asked("https://www.google.com/search?" + query, fields={"cookie": query}), shipped()))
