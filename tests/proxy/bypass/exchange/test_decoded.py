import base64
import codecs
from urllib.parse import quote

import pytest

from proxy.bypass.exchange.decoded import hidden_address
from proxy.decision.urls import parse_url
from tests.fakes.exchanges import asked, shipped, techniques

INNER = "https://www.roblox.com/games"


def xored(text: str) -> str:
    """As Ultraviolet writes it: every second letter changed by two."""
    return quote("".join(chr(ord(c) ^ 2) if place % 2 else c for place, c in enumerate(text)), safe="")


def glype(text: str) -> str:
    return quote(base64.b64encode(text.removeprefix("http").encode()).decode())


@pytest.mark.parametrize(
    ("url", "technique"),
    [
        pytest.param(
            f"https://a.example.org/maths/{xored(INNER)}", "webproxy.ultraviolet.url", id="Ultraviolet"
        ),
        pytest.param(
            f"https://a.example.org/x?p={glype(INNER)}&b=4", "webproxy.glype.query", id="Glype, renamed"
        ),
        pytest.param(
            f"http://a.example.org/go.php?u={quote(INNER, safe='')}&b=28",
            "webproxy.glype.query",
            id="Glype, not coded",
        ),
        pytest.param(
            f"http://a.example.org/index.php?q={quote(INNER, safe='')}&hl=3ed",
            "webproxy.php_proxy.query",
            id="PHProxy",
        ),
        pytest.param(
            f"https://a.example.org/p?x={quote(codecs.encode(INNER, 'rot13'), safe='')}",
            "webproxy.coded_url",
            id="rot13",
        ),
    ],
)
def test_an_address_in_the_form_of_a_web_proxy_is_known_and_read(url, technique):
    (sign,) = hidden_address(asked(url), shipped())
    assert (sign.technique, sign.inner) == (technique, parse_url(INNER))


@pytest.mark.parametrize(
    "url",
    [
        f"https://accounts.google.com/ServiceLogin?continue={quote(INNER, safe='')}",
        f"https://www.facebook.com/sharer/sharer.php?u={quote(INNER, safe='')}",
        f"https://translate.google.com/translate?sl=es&tl=en&u={quote(INNER, safe='')}",
        f"https://web.archive.org/web/2020/{INNER}",
        f"https://images.example.org/resize?url={quote(INNER, safe='')}&w=20&h=20&q=80",
        f"https://ads.example.org/c/{base64.urlsafe_b64encode(INNER.encode()).decode()}",
        "https://forum.example.org/index.php?q=cats&hl=en",
        "https://forum.example.org/browse.php?b=29&u=12",
        "https://www.example.org/",
        "https://a.example.org/view?state=eyJwYWdlIjozLCJ6b29tIjoxLjV9",
    ],
)
def test_addresses_that_pages_hold_are_nothing_here(url):
    assert techniques(hidden_address, asked(url)) == []
