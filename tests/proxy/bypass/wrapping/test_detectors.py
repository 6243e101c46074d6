import base64
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.noticing import notice
from proxy.bypass.observed import Answer, Exchange, Opening, Question, Transport
from proxy.bypass.wrapping.detectors import (
    ANSWER_DETECTORS,
    NAME_DETECTORS,
    OPENING_DETECTORS,
    REQUEST_DETECTORS,
    UNANSWERED,
)
from proxy.decision.names import covers
from proxy.decision.signs import Consequence, Nature
from proxy.decision.urls import Url, parse_url

BLOCKED = ("poki.com", "roblox.com", "crazygames.com", "youtube.com", "youtu.be", "games.example.com")
"""What the address inside must not be, if it were judged."""
LINES = [
    line.split(" ", 1)
    for line in Path(__file__).with_name("ordinary.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def fault(name, error):
    raise error


def exchange(url, dest="document", **more):
    parsed = parse_url(url)
    target = url.partition("://")[2].partition("#")[0]
    target = target[target.index("/") :] if "/" in target else "/"
    return Exchange("GET", parsed, target, fields=(("sec-fetch-dest", dest),), **more)


def seen(shipped, url, dest="document"):
    signs = notice(REQUEST_DETECTORS, exchange(url, dest), shipped, fault)
    return [(sign.technique, str(sign.inner)) for sign in signs]


def test_there_are_enough_ordinary_requests_of_each_kind():
    assert len(LINES) >= 150
    assert {dest for dest, _ in LINES} >= {"document", "iframe", "image", "empty", "script"}


@pytest.mark.parametrize(("dest", "url"), LINES, ids=[url[:70] for _, url in LINES])
def test_an_ordinary_request_is_not_stopped(shipped, dest, url):
    signs = notice(REQUEST_DETECTORS, exchange(url, dest), shipped, fault)
    assert {sign.consequence for sign in signs} <= {Consequence.LOG}
    assert [sign for sign in signs if any(covers(name, sign.inner.host) for name in BLOCKED)] == []


SHOWN = "https://games.example.com/play"
CODED = base64.b64encode(SHOWN.encode()).decode()


@pytest.mark.parametrize(
    ("url", "technique"),
    [
        pytest.param(f"https://fetch.pupil.workers.dev/?url={SHOWN}", "relay.serverless", id="a parameter"),
        pytest.param(f"https://pupil.deno.dev/{SHOWN}", "relay.serverless", id="the path"),
        pytest.param(f"https://pupil.vercel.app/api/x?z={CODED}", "relay.serverless", id="hidden"),
        pytest.param(f"https://pupil.netlify.app/a/{SHOWN.encode().hex()}", "relay.serverless", id="hex"),
        pytest.param(
            f"https://script.google.com/macros/s/AKfyc/exec?url={SHOWN}", "relay.serverless", id="Apps Script"
        ),
        pytest.param(f"https://tools.example.net/{SHOWN}", "relay.unknown", id="path of an unknown site"),
        pytest.param(f"https://tools.example.net/fetch/{CODED}", "relay.unknown", id="hidden in the path"),
        pytest.param(
            f"https://tools.example.net/proxy?url={SHOWN}", "relay.unknown", id="a path that says so"
        ),
        pytest.param(f"https://tools.example.net/?url={SHOWN}", "relay.unknown", id="the root"),
        pytest.param(f"https://tools.example.net/?{SHOWN}", "relay.unknown", id="the query as a whole"),
        pytest.param(f"https://tools.example.net/x/y?u={CODED}", "relay.unknown", id="hidden in a parameter"),
        pytest.param(
            "https://tools.example.net/fetch/games.example.com/play", "relay.unknown", id="no scheme"
        ),
        pytest.param("https://tools.example.net/raw?site=games.example.com/play", "relay.unknown", id="bare"),
        pytest.param(f"https://api.allorigins.win/raw?url={SHOWN}", "relay.cors", id="a known fetcher"),
        pytest.param(
            f"https://translate.google.de/translate?u={SHOWN}", "wrapper.translate", id="translator"
        ),
        pytest.param(
            "https://games-example-com.translate.goog/play", "wrapper.translate", id="translate.goog"
        ),
        pytest.param("https://games-example-com.mirror.example.net/play", "wrapper.folded", id="folded"),
        pytest.param(
            "https://games.example.com.mirror.example.net/play", "wrapper.folded", id="whole labels"
        ),
        pytest.param("https://games-example-com.ezproxy.example.edu/play", "wrapper.library", id="library"),
    ],
)
def test_what_is_fetched_is_judged(shipped, url, technique):
    assert seen(shipped, url) == [(technique, SHOWN)]


def test_only_wrappers_are_signed(shipped):
    signs = notice(REQUEST_DETECTORS, exchange(f"https://tools.example.net/{SHOWN}"), shipped, fault)
    assert [(sign.nature, sign.consequence) for sign in signs] == [(Nature.WRAPPER, Consequence.LOG)]


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        pytest.param(f"{SHOWN}/secret?token=secret", "https://games.example.com", id="as it is"),
        pytest.param(base64.b64encode(f"{SHOWN}?a={'b' * 99}".encode()).decode(), CODED[:33], id="hidden"),
        pytest.param(
            base64.b64encode(b"https://a.example.org/?secret=1").decode(),
            "aHR0cHM6Ly9hLmV4YW1wbGU",
            id="short",
        ),
    ],
)
def test_path_and_query_of_an_address_inside_are_no_evidence(shipped, inner, shown):
    url = f"https://tools.example.net/fetch/{inner}"
    (sign,) = notice(REQUEST_DETECTORS, exchange(url), shipped, fault)
    assert dict(sign.evidence)["text"].startswith(shown)
    assert "secret" not in str(sign.evidence)
    assert base64.b64encode(b"?secret").decode()[:8] not in dict(sign.evidence)["text"]


def test_what_a_fetcher_fetches_from_a_wrapper_is_judged_too(shipped):
    url = f"https://tools.example.net/https://web.archive.org/web/2020/{SHOWN}"
    assert [inner for _, inner in seen(shipped, url)][-1] == SHOWN


def test_a_picture_is_no_page(shipped):
    assert seen(shipped, f"https://tools.example.net/{SHOWN}", "image") == []


PAGE = b'<!doctype html><head><link rel="canonical" href="https://games.example.com/"></head>'
OWN = PAGE.replace(b"games.example.com", b"a.example.net")
HTML = (("content-type", "text/html; charset=utf-8"),)


@pytest.mark.parametrize(
    ("url", "answer", "expected"),
    [
        pytest.param(
            f"https://a.example.net/b/c?zz={SHOWN}", Answer(200, HTML, PAGE), [SHOWN], id="its page"
        ),
        pytest.param(
            "https://a.example.net/b/c?q=games.example.com/play",
            Answer(200, HTML, PAGE),
            [SHOWN],
            id="no scheme",
        ),
        pytest.param(
            "https://a.example.net/search?q=games.example.com",
            Answer(200, HTML, OWN),
            [],
            id="a search for it",
        ),
        pytest.param(f"https://a.example.net/login?next={SHOWN}", Answer(302, HTML, b""), [], id="leads on"),
        pytest.param(
            f"https://a.example.net/login?next={SHOWN}",
            Answer(200, HTML, b"<title>Log in"),
            [],
            id="mentions",
        ),
        pytest.param("https://a.example.net/b/c", Answer(200, HTML, PAGE), [], id="nothing inside"),
        pytest.param(f"https://www.google.com/url?q={SHOWN}", Answer(200, HTML, PAGE), [], id="a redirector"),
    ],
)
def test_an_answer_that_is_the_other_sites_page_is_judged_as_that(shipped, url, answer, expected):
    signs = notice(ANSWER_DETECTORS, exchange(url, answer=answer), shipped, fault)
    assert [str(sign.inner) for sign in signs] == expected


LETTERS = [
    pytest.param(f"https://letters.example.net/a/{CODED}", id="base64"),
    pytest.param(f"https://letters.example.net/a/{SHOWN.encode().hex()}", id="hex"),
    pytest.param(
        f"https://letters.example.net/a/{base64.b64encode(SHOWN[6:].encode()).decode()}",
        id="without a scheme",
    ),
    pytest.param(f"https://letters.example.net/c/{quote(SHOWN, safe='')}", id="a word of theirs"),
    pytest.param(f"https://links.example.net/a/{quote(SHOWN, safe='')}", id="a name of theirs"),
]
AWAY = (("location", SHOWN), *HTML)


@pytest.mark.parametrize("url", LETTERS)
def test_the_answer_tells_a_link_of_a_letter_from_a_fetcher(shipped, url):
    """It is a redirector when it leads on, and its target is asked for by itself."""
    assert seen(shipped, url) == []
    for status in (301, 302, 303, 307, 308):
        led_on = exchange(url, answer=Answer(status, AWAY))
        assert notice(ANSWER_DETECTORS, led_on, shipped, fault) == ()
    answers = (Answer(200, HTML, OWN), Answer(404, HTML), Answer(302, HTML, PAGE), Answer(200, AWAY))
    for answer in answers:
        signs = notice(ANSWER_DETECTORS, exchange(url, answer=answer), shipped, fault)
        assert [(sign.technique, str(sign.inner)) for sign in signs] == [("relay.unknown", SHOWN)]
    assert [str(sign.inner) for sign in notice(UNANSWERED, exchange(url), shipped, fault)] == [SHOWN]


@pytest.mark.parametrize("url", LETTERS)
def test_what_no_person_followed_is_not_waited_for(shipped, url):
    assert seen(shipped, url, "empty") == seen(shipped, url, "iframe") == [("relay.unknown", SHOWN)]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"https://www.virustotal.com/gui/url/{CODED}", id="a page"),
        pytest.param(f"https://www.virustotal.com/api/v3/urls/{CODED}", id="its data"),
        pytest.param(f"https://sitecheck.sucuri.net/results/{SHOWN}", id="as it is"),
    ],
)
def test_what_tells_of_an_address_does_not_show_it(shipped, url):
    shown = exchange(url, answer=Answer(200, HTML, OWN))
    assert notice((*REQUEST_DETECTORS, *ANSWER_DETECTORS), shown, shipped, fault) == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("games-example-com.translate.goog", "games.example.com", id="translate.goog"),
        pytest.param("games-example-com.mirror.example.net", "games.example.com", id="folded"),
        pytest.param("lesson.example.net", None, id="an ordinary name"),
        pytest.param("example-com.school.org", None, id="what a school may call its page"),
        pytest.param("example.com.help.school.org", None, id="a help desk about a site"),
        pytest.param("https-example-com-443.proxy.example.net", "example.com", id="with scheme and port"),
        pytest.param("localhost", None, id="one label"),
    ],
)
def test_a_name_that_stands_for_another_is_judged_as_that(shipped, name, expected):
    inner = [] if expected is None else [Url("https", expected, 443, "/")]
    asked = notice(NAME_DETECTORS, Question("192.0.2.1", name, "A"), shipped, fault)
    opened = notice(OPENING_DETECTORS, Opening(Transport.TCP, 443, sni=name), shipped, fault)
    assert [sign.inner for sign in asked] == [sign.inner for sign in opened] == inner


@given(st.text(max_size=120) | st.text("htps:/%25.=&?uralwco-", max_size=120))
def test_any_request_is_looked_at(shipped, text):
    for host in ("web.archive.org", "pupil.workers.dev", "games-example-com.a.example.net"):
        url = Url("https", host, 443, "/" + text.partition("?")[0], text.partition("?")[2])
        notice((*REQUEST_DETECTORS,), Exchange("GET", url, "/" + text), shipped, fault)


def test_a_name_of_few_labels_is_folded_where_the_page_says_so(shipped):
    page = PAGE.replace(b"games.example.com", b"example.com")
    answer = Answer(200, (("content-type", "text/html"),), page)
    for host, expected in (("example-com.proxy.net", ["wrapper.folded"]), ("other-org.proxy.net", [])):
        shown = replace(exchange(f"https://{host}/"), answer=answer)
        signs = notice(ANSWER_DETECTORS, shown, shipped, fault)
        assert [sign.technique for sign in signs] == expected


def test_a_copy_of_a_page_is_judged_as_the_page(shipped):
    meta = b'<meta property="og:url" content="https://games.example.com/">'
    answer = Answer(200, HTML, PAGE + meta)
    for host, expected in (("maths.example.org", ["wrapper.copy"]), ("www.school.example.org", [])):
        signs = notice(ANSWER_DETECTORS, exchange(f"https://{host}/", answer=answer), shipped, fault)
        assert [sign.technique for sign in signs] == expected
        assert {str(sign.inner) for sign in signs} <= {"https://games.example.com/"}
