import base64
import codecs
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.spelling.inside import MAX_FOUND, addresses_in, addresses_of
from proxy.decision.urls import Url, parse_url

ADDRESS = "https://games.example.org/play?level=1"
INNER = parse_url(ADDRESS)
SITE = Url("https", "games.example.org", 443, "/")


def escaped(text):
    return quote(text, safe="")


def b64(text):
    return base64.b64encode(text.encode("latin-1")).decode()


def keyed(text, *key):
    return "".join(chr(ord(c) ^ key[i % len(key)]) for i, c in enumerate(text))


def seen(target, url="https://outer.example.net"):
    return [(one.url, one.ways, one.place) for one in addresses_in(parse_url(url + target), target)]


@pytest.mark.parametrize(
    ("target", "ways", "place"),
    [
        pytest.param(f"/p/{ADDRESS}", ("plain",), "path", id="plain in the path"),
        pytest.param(f"/p?u={escaped(ADDRESS)}", ("plain",), "u", id="a parameter"),
        pytest.param(f"/?{ADDRESS}", ("plain",), "", id="the query as a whole"),
        pytest.param(f"/p?u={escaped(escaped(ADDRESS))}", ("percent",), "u", id="escaped twice"),
        pytest.param(f"/p?%55={escaped(escaped(escaped(ADDRESS)))}", ("percent",), "u", id="escaped thrice"),
        pytest.param(f"/x/{b64(ADDRESS)}", ("base64",), "path", id="base64"),
        pytest.param(f"/x?u={escaped(b64(ADDRESS))}", ("base64",), "u", id="base64 in a parameter"),
        pytest.param(f"/x?{b64(ADDRESS)}", ("base64",), "", id="base64 without a parameter's name"),
        pytest.param(
            f"/x?u={base64.urlsafe_b64encode(ADDRESS.encode()).decode().rstrip('=')}",
            ("base64",),
            "u",
            id="base64url without padding",
        ),
        pytest.param(f"/x/{b64(escaped(ADDRESS))}", ("base64",), "path", id="base64 of what is escaped"),
        pytest.param(f"/x?u={b64(b64(ADDRESS))}", ("base64", "base64"), "u", id="base64 twice"),
        pytest.param(f"/browse.php?u={escaped(b64(ADDRESS[4:]))}&b=29", ("glype",), "u", id="glype"),
        pytest.param(
            "/browse.php/"
            + "/".join(b64(ADDRESS[4:]).replace("/", "_")[i : i + 8] for i in range(0, 48, 8))
            + "/b29/",
            ("glype",),
            "path",
            id="glype in pieces",
        ),
        pytest.param(f"/x/{ADDRESS.encode().hex()}", ("hex",), "path", id="hex"),
        pytest.param(
            f"/x?u={base64.b32encode(ADDRESS.encode()).decode().lower()}", ("base32",), "u", id="base32"
        ),
        pytest.param(f"/x?u={escaped(codecs.encode(ADDRESS, 'rot13'))}", ("shift",), "u", id="rot13"),
        pytest.param(
            f"/x?u={escaped(''.join(chr(ord(c) + 1) for c in ADDRESS))}", ("shift",), "u", id="all by one"
        ),
        pytest.param(f"/service/{escaped(keyed(ADDRESS, 0, 2))}", ("xor",), "path", id="ultraviolet"),
        pytest.param(
            f"/a?z=pre{escaped(keyed(ADDRESS, 0, 2))}", ("xor",), "z", id="ultraviolet behind a prefix"
        ),
        pytest.param(f"/x/{escaped(keyed(ADDRESS, 5))}", ("xor",), "path", id="another key"),
        pytest.param(f"/x?u={escaped(keyed(ADDRESS, 1, 2, 3, 4))}", ("xor",), "u", id="a key of four"),
        pytest.param(f"/x/{b64(keyed(ADDRESS, 0, 2))}", ("base64", "xor"), "path", id="keyed, then base64"),
        pytest.param(f"/x?u={escaped(b64(keyed(ADDRESS, 200)))}", ("base64",), "u", id="keyed to octets"),
        pytest.param(f"/x?u={escaped(ADDRESS[::-1])}", ("reversed",), "u", id="reversed"),
        pytest.param(f"/x?u={b64(ADDRESS)[::-1]}", ("reversed", "base64"), "u", id="base64 reversed"),
        pytest.param("/x/https:/games.example.org/play?level=1", ("plain",), "path", id="one slash"),
        pytest.param("/x?u=ht%09tps%3A%5C%5Cgames.example.org%2Fplay%3Flevel%3D1", ("plain",), "u", id="tab"),
        pytest.param("/get/games.example.org/play?level=1", ("bare",), "path", id="no scheme"),
        pytest.param(
            "/nph.cgi/00/https/games.example.org/play?level=1", ("segments",), "path", id="segments"
        ),
        pytest.param(f"/{'0f' * 16}/{ADDRESS}", ("plain",), "path", id="behind a session"),
        pytest.param(f"/web/20200101000000id_/{ADDRESS}", ("plain",), "path", id="behind a time"),
        pytest.param(
            f"/p/{b64('https://games.example.org')}/play?level=1", ("base64",), "path", id="origin only"
        ),
    ],
)
def test_an_address_is_read_however_it_is_written(target, ways, place):
    assert seen(target) == [(INNER, ways, place)]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/m/bGVzc29uLTE0LnBuZw.png", id="base64 of a file name"),
        pytest.param("/view?state=eyJwYWdlIjozLCJ6b29tIjoxLjV9", id="base64 of JSON"),
        pytest.param("/npm/com.example.android.app/main.py", id="names of packages"),
        pytest.param("/a/d41d8cd98f00b204e9800998ecf8427e/jquery.min.js", id="hash and script"),
        pytest.param("/wiki/Web_proxy?action=raw&title=http", id="words"),
        pytest.param("/o/oauth2?scope=openid%20email&login_hint=pupil@school.example.org", id="mail address"),
        pytest.param("/x?u=https%3A%2F%2Flocalhost%2F", id="no host of the internet"),
        pytest.param("/x?u=javascript%3Ahttps", id="another scheme"),
        pytest.param("/https/lesson/2", id="a segment that says https"),
        pytest.param("/dl/v1.2.3/README.md", id="a version, and an ending that is a country"),
        pytest.param("/", id="nothing"),
        pytest.param("", id="not even a path"),
    ],
)
def test_what_merely_looks_coded_is_nothing(target):
    assert seen(target) == []


def test_the_site_itself_is_not_inside_itself():
    assert seen("/go?next=https%3A%2F%2Fouter.example.net%2Fa") == []


def test_what_is_hidden_and_what_is_bare_is_said():
    (hidden,) = addresses_of(b64("games.example.org/play"))
    assert (hidden.is_hidden, hidden.is_bare) == (True, True)
    (plain,) = addresses_of(ADDRESS)
    assert (plain.is_hidden, plain.is_bare) == (False, False)


def test_no_more_are_found_than_the_bound():
    query = "&".join(f"u{i}=https://s{i}.example.org/" for i in range(50))
    assert len(seen(f"/x?{query}")) == MAX_FOUND


CODINGS = (escaped, b64, lambda text: text.encode("latin-1", "replace").hex(), lambda text: text[::-1])


@given(st.lists(st.sampled_from(CODINGS), max_size=6), st.sampled_from(["/p/", "/p?u=", "/?"]))
def test_codings_in_codings_are_read_or_left_and_never_fail(codings, place):
    text = ADDRESS
    for code in codings:
        text = code(text)
    found = seen(place + escaped(text))
    assert all(url.host for url, _, _ in found)
    if len(codings) <= 2:
        assert [url.host for url, _, _ in found] == [INNER.host]


@given(st.text(max_size=200) | st.text("htps:/%25hvtr8.-=AaR0c&?", max_size=200))
def test_any_target_is_read_or_left(text):
    url = Url("https", "outer.example.net", 443, "/")
    for one in addresses_in(url, "/" + text):
        assert "." in one.url.host or ":" in one.url.host
        assert one.url.host != url.host


@given(st.binary(max_size=60))
def test_ordinary_octets_in_base64_are_no_address(octets):
    assert seen("/x?u=" + escaped(base64.b64encode(octets).decode())) == [] or b"." in octets
