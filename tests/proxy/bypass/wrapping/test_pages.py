import pytest

from proxy.bypass.observed import Answer
from proxy.bypass.wrapping.pages import MAX_HEAD, shows_page_of

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
