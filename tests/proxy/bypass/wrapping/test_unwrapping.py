import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.wrapping.unwrapping import MAX_DEPTH, MAX_FOUND, unwrapped
from proxy.decision.urls import Url, parse_url

PLAY = "https://games.example.com/play"
ESCAPED = "https%3A%2F%2Fgames.example.com%2Fplay"


def shown(shipped, url):
    return [(one.technique, one.place, str(one.url)) for one in unwrapped(parse_url(url), shipped.wrapping)]


@pytest.mark.parametrize(
    ("url", "technique", "place"),
    [
        ("https://games-example-com.translate.goog/play", "wrapper.translate", "host"),
        (f"https://translate.google.co.uk/translate?sl=auto&u={ESCAPED}", "wrapper.translate", "u"),
        ("https://translate.google.com/website?u=games.example.com/play", "wrapper.translate", "u"),
        (f"https://www.translatetheweb.com/?to=en&a={ESCAPED}", "wrapper.translate", "a"),
        (f"https://translate.yandex.ru/translate?lang=en-ru&url={ESCAPED}", "wrapper.translate", "url"),
        ("https://z5h64q92x9.net/proxy_u/en-ru.0f/https/games.example.com/play", "wrapper.translate", "path"),
        (f"https://papago.naver.net/website?target=en&url={ESCAPED}", "wrapper.translate", "url"),
        (f"https://web.archive.org/web/20200101000000id_/{PLAY}", "wrapper.archive", "path"),
        ("https://web.archive.org/web/2020/https:/games.example.com/play", "wrapper.archive", "path"),
        (f"https://web.archive.org/web/2020/{ESCAPED}", "wrapper.archive", "path"),
        (f"https://web.archive.org/web/%2a/{PLAY}", "wrapper.archive", "path"),
        (f"https://web.archive.org//web/./2020/{PLAY}", "wrapper.archive", "path"),
        (f"https://web.archive.org/web/{PLAY}", "wrapper.archive", "path"),
        (f"https://archive.ph/newest/{PLAY}", "wrapper.archive", "path"),
        (f"https://archive.is/{PLAY}", "wrapper.archive", "path"),
        (f"https://archive.today/?run=1&url={ESCAPED}", "wrapper.archive", "url"),
        (f"https://arquivo.pt/noFrame/replay/20200101/{PLAY}", "wrapper.archive", "path"),
        (f"https://wayback.archive-it.org/123/20130501012657/{PLAY}", "wrapper.archive", "path"),
        ("https://webcache.googleusercontent.com/search?q=cache:abcdEFGHijkl:games.example.com/play",
         "wrapper.cache", "q"),
        ("https://www.google.com/amp/s/games.example.com/play", "wrapper.amp", "path"),
        (f"https://12ft.io/{PLAY}", "wrapper.reader", "path"),
        (f"https://12ft.io/proxy?q={ESCAPED}", "wrapper.reader", "q"),
        (f"https://r.jina.ai/{PLAY}", "wrapper.reader", "path"),
        (f"https://www.printfriendly.com/print?url={ESCAPED}", "wrapper.reader", "url"),
        (f"https://docs.google.com/gview?embedded=true&url={ESCAPED}", "wrapper.viewer", "url"),
        (f"https://view.officeapps.live.com/op/view.aspx?src={ESCAPED}", "wrapper.viewer", "src"),
        (f"https://htmlpreview.github.io/?{PLAY}", "wrapper.viewer", "query"),
        (f"https://validator.w3.org/nu/?doc={ESCAPED}", "wrapper.checker", "doc"),
        (f"https://www.w3.org/services/html2txt?url={ESCAPED}", "wrapper.checker", "url"),
        ("https://images.weserv.nl/?w=9&url=games.example.com/play", "wrapper.image", "url"),
        ("https://i0.wp.com/games.example.com/play", "wrapper.image", "path"),
        (f"https://external-content.duckduckgo.com/iu/?u={ESCAPED}", "wrapper.image", "u"),
        (f"https://camo.githubusercontent.com/{'0f' * 20}/{PLAY.encode().hex()}", "wrapper.image", "path"),
        (f"https://s.wordpress.com/mshots/v1/{ESCAPED}", "wrapper.screenshot", "path"),
        (f"https://image.thum.io/get/width/1200/crop/700/{PLAY}", "wrapper.screenshot", "path"),
        (f"https://api.rss2json.com/v1/api.json?rss_url={ESCAPED}", "wrapper.feed", "rss_url"),
        (f"https://via.hypothes.is/{PLAY}", "wrapper.annotation", "path"),
        ("https://games-example-com.idm.oclc.org/play", "wrapper.library", "host"),
        ("https://games.example.com.ezproxy.lib.example.edu/play", "wrapper.library", "host"),
        (f"https://corsproxy.io/?{ESCAPED}", "relay.cors", "query"),
        ("https://cors-anywhere.herokuapp.com/games.example.com/play", "relay.cors", "path"),
        ("https://api.codetabs.com/v1/proxy?quest=games.example.com/play", "relay.cors", "quest"),
    ],
    ids=lambda value: value[8:70] if value.startswith("https") else "",
)  # fmt: skip
def test_a_known_service_shows_what_its_table_says(shipped, url, technique, place):
    assert shown(shipped, url) == [(technique, place, PLAY)]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(
            "https://translate.google.com/?op=translate&text=games.example.com", id="translated text"
        ),
        pytest.param("https://www.google.com/search?q=games.example.com", id="a search"),
        pytest.param(f"https://docs.google.com/document/d/1/edit?url={ESCAPED}", id="no viewer"),
        pytest.param("https://archive.ph/AbCdE", id="a short form, which hides its page"),
        pytest.param("https://archive.org/details/games", id="another part of an archive"),
        pytest.param("https://ezproxy.lib.example.edu/menu", id="the library's own page"),
        pytest.param("https://web.archive.org/web/2020/", id="nothing behind the time"),
        pytest.param("https://www.example.org/web/2020/https://games.example.com/", id="no known service"),
    ],
)
def test_the_rest_of_a_service_shows_nothing(shipped, url):
    assert shown(shipped, url) == []


def nested(times):
    url = PLAY
    for _ in range(times):
        url = f"https://web.archive.org/web/2020/{url}"
    return url


def test_services_in_services_are_unwrapped_to_a_depth(shipped):
    twice = f"https://via.hypothes.is/https://web.archive.org/web/2020/{PLAY}"
    assert [one[0] for one in shown(shipped, twice)] == ["wrapper.annotation", "wrapper.archive"]
    assert shown(shipped, f"https://12ft.io/{nested(MAX_DEPTH - 1)}")[-1][2] == PLAY
    assert all(inner != PLAY for _, _, inner in shown(shipped, f"https://12ft.io/{nested(MAX_DEPTH)}"))


@given(st.text(max_size=200) | st.text("/htps:%2F3Awe20.&=?", max_size=200))
def test_any_address_of_a_service_is_unwrapped_within_bounds(shipped, text):
    path, _, query = text.partition("?")
    for host in ("web.archive.org", "a-b-com.translate.goog", "corsproxy.io", "www.google.com"):
        assert len(unwrapped(Url("https", host, 443, "/" + path, query), shipped.wrapping)) <= MAX_FOUND
