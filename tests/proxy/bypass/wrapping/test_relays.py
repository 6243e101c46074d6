import base64
from dataclasses import replace

import pytest

from proxy.bypass.observed import Answer, Exchange, Form
from proxy.bypass.wrapping.relays import fetched, mentioned
from proxy.bypass.wrapping.table import Fetchers, Wrapping
from proxy.decision.urls import parse_url

FETCHERS = Fetchers(
    hosting=frozenset({"workers.example.net"}),
    asked=frozenset({"url"}),
    returning=frozenset({"next"}),
    fetching=frozenset({"proxy"}),
    mentioning=frozenset({"login"}),
)
KNOWN = Wrapping(redirectors={"leads.example.org": ("/",)}, fetchers=FETCHERS)
HTML = (("content-type", "text/html"),)
INNER = "https%3A%2F%2Fgames.example.com%2F"
CODED = base64.b64encode(b"https://games.example.com/").decode()
HEX = b"https://games.example.com/".hex()


def asked(target, host="site.example.org", method="GET", form=Form.ORIGIN, dest="document"):
    fields = (("sec-fetch-dest", dest),)
    return Exchange(method, parse_url(f"https://{host}{target}"), target, form, fields)


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param(asked(f"/?url={INNER}"), 1, id="root"),
        pytest.param(asked(f"/proxy?url={INNER}"), 1, id="a path that fetches"),
        pytest.param(asked(f"/proxy.php?url={INNER}"), 1, id="a script that fetches"),
        pytest.param(asked("/https://games.example.com/"), 1, id="in the path"),
        pytest.param(asked(f"/any?x={INNER}", "a.workers.example.net"), 1, id="a stranger's program"),
        pytest.param(asked(f"/any?url={INNER}"), 0, id="a path that says nothing"),
        pytest.param(asked(f"/?x={INNER}"), 0, id="a parameter that says nothing"),
        pytest.param(asked(f"/login?url={INNER}"), 0, id="a path that mentions"),
        pytest.param(asked("/login/https://games.example.com/"), 0, id="a path that mentions, and holds"),
        pytest.param(asked(f"/proxy?next={INNER}", "a.workers.example.net"), 0, id="where to go back to"),
        pytest.param(asked(f"/?url={INNER}", "leads.example.org"), 0, id="a redirector"),
        pytest.param(asked(f"/?url={INNER}", dest="image"), 0, id="a picture"),
        pytest.param(asked(f"/?url={INNER}", method="OPTIONS"), 0, id="a preflight"),
        pytest.param(asked("/", form=Form.AUTHORITY), 0, id="a tunnel"),
        pytest.param(asked("/?url=games.example.com"), 0, id="no scheme, and nothing says fetching"),
        pytest.param(asked("/proxy?url=games.example.com"), 1, id="no scheme, and the path says fetching"),
        pytest.param(asked(f"/any?x={HEX}"), 1, id="hidden as no ordinary site does"),
        pytest.param(asked(f"/login/any?x={HEX}"), 1, id="hidden so, whatever the path says"),
        pytest.param(asked(f"/any?x={CODED}"), 0, id="hidden, and nobody knows what it shows"),
        pytest.param(replace(asked(f"/any?x={CODED}"), answer=Answer(200, HTML)), 1, id="hidden, and a page"),
        pytest.param(
            replace(asked(f"/any?x={CODED}"), answer=Answer(302, HTML)), 0, id="hidden, and leads on"
        ),
        pytest.param(asked(f"/any?url={CODED}", dest="empty"), 1, id="hidden, where a fetcher has it"),
    ],
)
def test_an_address_counts_only_as_what_is_fetched(exchange, expected):
    assert len(list(fetched(exchange, KNOWN))) == expected


def test_what_is_mentioned_counts_in_the_path_with_its_scheme_only():
    assert len(mentioned(asked("/show?zz=other.example.com"), KNOWN)) == 1
    assert mentioned(asked("/show/other.example.com/page"), KNOWN) == ()
    assert len(mentioned(asked(f"/login?next={INNER}&q=games.example.com"), KNOWN)) == 1
    assert mentioned(asked(f"/?next={INNER}", "leads.example.org"), KNOWN) == ()


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        pytest.param("application/x-www-form-urlencoded", f"a=b&url={INNER}".encode(), 1, id="a form"),
        pytest.param("application/json", b'{"url": "https://games.example.com/"}', 1, id="JSON"),
        pytest.param(
            "application/json", b'{"next": "https://games.example.com/"}', 0, id="where to go back to"
        ),
        pytest.param("text/plain", f"url={INNER}".encode(), 0, id="no form"),
        pytest.param(
            "application/json", b'{"url": "https://games.example.com/' + b"a" * 5000, 0, id="too long"
        ),
    ],
)
def test_a_short_form_may_ask_for_an_address(kind, body, expected):
    exchange = replace(asked("/proxy", method="POST"), body=body, fields=(("content-type", kind),))
    assert len(list(fetched(exchange, KNOWN))) == expected
