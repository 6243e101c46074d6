import base64
import hashlib
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policies
from proxy.decision.pipeline import decide
from proxy.decision.request import Attempt, Stage
from proxy.decision.urls import Url
from proxy.decision.verdict import Evidence, Reason
from proxy.decision.view import view_for
from proxy.pages.asked import Form
from proxy.pages.house import House
from proxy.pages.languages import LANGUAGES
from proxy.pages.notice import notice_for
from proxy.pages.render import block_page, plain_page

OAK = House("Oak School", "gw-1", "Room 12 helps.", "https://ask.school.example/new")
LISTED = {"games.example": ["games"], "x.example": ["pornography"]}


def notice(url="http://games.example/play", house=OAK, language="en", **verdict_changes):
    policy = policies.policy(LISTED)
    request = policies.asks(url) if isinstance(url, str) else replace(
        policies.asks("http://games.example/"),
        attempt=Attempt("192.0.2.7", Stage.HTTP, url.host, url),
    )  # fmt: skip
    view = view_for(policy, request.subject)
    verdict = replace(decide(request, policy, view), **verdict_changes)
    return notice_for(
        request, verdict, view, policy, house, code="7KQ29FXM", ticket="g1.k.b", language=LANGUAGES[language]
    )


def read(page):
    """Parse a page as XML: nothing but well-formed markup gets through."""
    text = page.body.decode()
    assert text.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(text)


def words(tree):
    return " ".join("".join(tree.find("body").itertext()).split())


def test_a_page_tells_what_why_who_when_and_where_to_ask():
    said = words(read(block_page(notice())))

    for part in (
        "This page is blocked games.example/play",
        "It belongs to Games.",
        "This is a local decision, made by Technology committee. It is not a legal requirement.",
        "Room 12 helps.",
        "Ask for this page",
        "7KQ2-9FXM",
        "games-list, line 1",
        "Oak School monitors and records the use of this network.",
    ):
        assert part in said


def test_a_blocked_page_is_403_never_cached_and_runs_nothing():
    page = block_page(notice())
    headers = dict(page.headers)
    style = re.search(r"<style>(.*)</style>", page.body.decode(), re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert page.status == 403
    assert headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page.body)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Content-Language": "en",
        "Vary": "Accept-Language",
    }


def test_a_page_can_be_read_by_everybody():
    tree = read(block_page(notice()))
    body = tree.find("body")
    headings = [one.tag for one in body.iter() if re.fullmatch("h[1-6]", one.tag)]

    assert tree.get("lang") == "en"
    assert tree.find("head/title").text == "This page is blocked: games.example"
    assert tree.find("head/meta[@name='viewport']").get("content") == "width=device-width, initial-scale=1"
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}
    assert [child.tag for child in body] == ["header", "main", "footer"]
    assert not [one for one in tree.iter() if one.tag in ("script", "img", "form", "iframe", "link")]


def test_a_page_is_in_the_readers_language_and_says_so():
    page = block_page(notice(language="es"))
    tree = read(page)
    foreign = [one for one in tree.iter() if one.get("lang") not in (None, "es")]
    said = words(tree)

    assert (tree.get("lang"), dict(page.headers)["Content-Language"]) == ("es", "es")
    assert [(one.tag, one.get("lang"), one.text) for one in foreign] == [
        ("dd", "en", "games.example is listed under Games in games-list.")
    ]
    for part in (
        "Esta página está bloqueada games.example/play",
        "Pertenece a Juegos.",
        "Pedir esta página",
        "7KQ2-9FXM",
        "games-list, línea 1",
        "Oak School supervisa y registra el uso de esta red.",
    ):
        assert part in said
    assert json.loads(block_page(notice(language="es"), Form.JSON).body)["category_name"] == "Juegos"


def test_a_plain_page_is_said_with_its_values_in_the_readers_language():
    page = plain_page(
        413, "The upload is too long", "This network takes uploads of up to %(limit)s bytes.",
        LANGUAGES["es"], values={"limit": "<b>9</b>"},
    )  # fmt: skip

    assert "El envío es demasiado grande Esta red admite envíos de hasta <b>9</b> bytes." in words(read(page))


def test_a_page_says_until_when_it_is_blocked():
    asked = notice()

    assert "When does it open? No end is planned." in words(read(block_page(asked)))
    assert "It opens again today at 12:00." in words(
        read(block_page(replace(asked, opens="today at 12:00", until=asked.at)))
    )
    assert "When does it open?" not in words(read(block_page(notice(reason=Reason.ERROR))))


def test_without_a_portal_there_is_a_code_and_no_link():
    tree = read(block_page(notice(house=replace(OAK, portal=""))))

    assert not list(tree.iter("a"))
    assert "7KQ2-9FXM" in words(tree)


def test_what_the_law_asks_for_offers_a_report_and_no_request():
    said = words(read(block_page(notice("http://x.example/"))))

    assert "Federal law, the Children's Internet Protection Act (CIPA), requires this block" in said
    assert "Report a wrong block" in said
    assert "Ask for this page" not in said


def test_a_fault_is_503_and_says_that_nobody_decided():
    page = block_page(notice(reason=Reason.ERROR, evidence=Evidence()))

    assert page.status == 503
    assert "Nobody decided against this page." in words(read(page))


def test_a_program_gets_json():
    page = block_page(notice(), Form.JSON)
    told = json.loads(page.body)

    assert (page.status, dict(page.headers)["Content-Type"]) == (403, "application/json")
    assert told == {
        "blocked": True,
        "host": "games.example",
        "category": "games",
        "category_name": "Games",
        "basis": "local",
        "reason": "category",
        "explanation": told["explanation"],
        "decision": "This is a local decision, made by Technology committee. It is not a legal requirement.",
        "list": "games-list",
        "line": 1,
        "until": None,
        "opens_at": None,
        "help": "Room 12 helps.",
        "code": "7KQ2-9FXM",
        "ticket": "g1.k.b",
        "ask": "https://ask.school.example/new?ticket=g1.k.b",
    }


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        (Form.SCRIPT, "text/javascript; charset=utf-8"),
        (Form.STYLE, "text/css; charset=utf-8"),
        (Form.FONT, "font/woff2"),
        (Form.MEDIA, "application/octet-stream"),
    ],
)
def test_parts_of_a_page_are_answered_with_nothing(form, content_type):
    page = block_page(notice(), form)

    assert (page.status, dict(page.headers)["Content-Type"], page.body) == (403, content_type, b"")


def test_an_image_is_answered_with_one_transparent_dot():
    page = block_page(notice(), Form.IMAGE)

    assert page.body[:6] == b"GIF89a"
    assert page.body[6:10] == b"\x01\x00\x01\x00"


HOSTILE = st.text() | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "]]>",
        "<!--",
        "&lt;",
        "' onload='x",
        "\x00\x0b",
    ]
)


@given(
    path=HOSTILE, query=HOSTILE, explanation=HOSTILE, rule=HOSTILE, owner=HOSTILE, opens=HOSTILE,
    language=st.sampled_from(sorted(LANGUAGES)),
)  # fmt: skip
def test_nothing_from_outside_becomes_markup(path, query, explanation, rule, owner, opens, language):
    url = Url("http", "games.example", 80, "/" + path, query)
    usual = read(block_page(replace(notice(language=language), opens="at noon")))

    evidence = Evidence("games", None, "games-list", 1, rule or "r", owner or "o")
    hostile = notice(url, language=language, explanation=explanation or "e", evidence=evidence)
    tree = read(block_page(replace(hostile, opens=opens or "o", category=owner or "c")))

    assert [one.tag for one in tree.iter()] == [one.tag for one in usual.iter()]
    assert [sorted(one.attrib) for one in tree.iter()] == [sorted(one.attrib) for one in usual.iter()]


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_in_a_plain_page_becomes_markup(title, text, school):
    page = plain_page(400, title, text, school="".join(c for c in school if c.isprintable()))

    assert {one.tag for one in read(page).iter()} == {
        "html", "head", "meta", "title", "style", "body", "header", "main", "h1", "p", "footer",
    }  # fmt: skip


def test_a_plain_page_takes_more_headers():
    page = plain_page(407, "Log in", "Please.", headers=(("Proxy-Authenticate", "Basic"),))

    assert page.status == 407
    assert page.headers[-1] == ("Proxy-Authenticate", "Basic")


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "behind"),
    [
        ("ink", "card"), ("ink", "paper"), ("ink", "warm"), ("soft", "card"), ("soft", "paper"),
        ("accent", "card"), ("on-accent", "accent"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(front, behind, dark):
    style = re.search(r"<style>(.*)</style>", block_page(notice()).body.decode(), re.DOTALL).group(1)
    palettes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", palettes[dark]))
    lighter, darker = sorted((luminance(colours[front]), luminance(colours[behind])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
