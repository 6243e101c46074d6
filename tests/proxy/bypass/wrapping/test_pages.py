import pytest

from proxy.bypass.observed import Answer
from proxy.bypass.wrapping.pages import MAX_HEAD, copied, shows_page_of

HTML = (("content-type", "text/html; charset=utf-8"),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b'<base href="https://www.example.com/a/">', True, id="base"),
        pytest.param(b"<LINK REL=canonical HREF=https://example.com/>", True, id="canonical, without quotes"),
        pytest.param(b'<meta property="og:url" content="https://shop.example.com/">', True, id="og:url"),
        pytest.param(b'<link rel="canonical" href="https://outer.example.org/">', False, id="its own"),
        pytest.param(b'<a href="https://www.example.com/">', False, id="a mere link"),
        pytest.param(b'<link rel="stylesheet" href="https://www.example.com/a.css">', False, id="a style"),
        pytest.param(b'<base href="https://exa mple/">', False, id="no address"),
        pytest.param(
            b" " * MAX_HEAD + b'<base href="https://example.com/">', False, id="beyond what is read"
        ),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_a_page_says_whose_it_is(body, expected):
    assert shows_page_of(Answer(200, HTML, body), "www.example.com") is expected


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(302, HTML, b'<base href="https://www.example.com/">'), id="leads on"),
        pytest.param(
            Answer(200, (("content-type", "application/json"),), b'<base href="https://www.example.com/">'),
            id="no page",
        ),
    ],
)
def test_what_is_no_page_says_nothing(answer):
    assert not shows_page_of(answer, "www.example.com")


LINK = b'<link rel="canonical" href="https://www.example.com/play">'
META = b'<meta property="og:url" content="https://example.com/play"/>'


@pytest.mark.parametrize(
    ("body", "host", "expected"),
    [
        pytest.param(LINK + META, "copy.example.org", "https://www.example.com/play", id="a copy"),
        pytest.param(META + LINK, "192.0.2.9", "https://www.example.com/play", id="at an address"),
        pytest.param(LINK + META, "m.example.com", None, id="its own"),
        pytest.param(LINK, "copy.example.org", None, id="a canonical link alone"),
        pytest.param(META, "copy.example.org", None, id="og:url alone"),
        pytest.param(LINK + META.replace(b"example.com", b"example.net"), "a.example.org", None, id="of two"),
        pytest.param(
            LINK + META.replace(b"example.com", b"a.example.org"), "a.example.org", None, id="shared"
        ),
        pytest.param(b" " * MAX_HEAD + LINK + META, "copy.example.org", None, id="beyond what is read"),
    ],
)
def test_a_copy_says_twice_whose_it_is(body, host, expected):
    original = copied(Answer(200, HTML, body), host)
    assert (str(original) if original else None) == expected
    assert copied(Answer(302, HTML, body), host) is None
