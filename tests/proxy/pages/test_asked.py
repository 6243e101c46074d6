import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.pages.asked import Form, form_for

FIREFOX_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
CHROME_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        pytest.param({"path": "/", "accept": FIREFOX_PAGE}, Form.PAGE, id="a page in Firefox"),
        pytest.param({"path": "/cat.jpg", "accept": CHROME_PAGE}, Form.PAGE, id="an image in its own tab"),
        pytest.param({"path": "/x", "accept": CHROME_IMAGE}, Form.IMAGE, id="an image on a page"),
        pytest.param({"path": "/x", "accept": "text/css,*/*;q=0.1"}, Form.STYLE, id="a style sheet"),
        pytest.param({"path": "/app.js", "accept": "*/*"}, Form.SCRIPT, id="a script, by its ending"),
        pytest.param({"path": "/f.woff2", "accept": "*/*"}, Form.FONT, id="a font, by its ending"),
        pytest.param({"path": "/", "accept": "*/*"}, Form.PAGE, id="curl"),
        pytest.param({"path": "/"}, Form.PAGE, id="nothing said"),
        pytest.param({"path": "/favicon.ico", "accept": "*/*"}, Form.IMAGE, id="favicon"),
        pytest.param({"path": "/api", "accept": "application/json, text/plain, */*"}, Form.JSON, id="axios"),
        pytest.param({"path": "/api", "accept": "application/vnd.api+json"}, Form.JSON, id="a kind of JSON"),
        pytest.param({"path": "/", "fetch_dest": "iframe", "accept": "*/*"}, Form.PAGE, id="a frame"),
        pytest.param({"path": "/a.png", "fetch_dest": "script"}, Form.SCRIPT, id="the browser knows better"),
        pytest.param({"path": "/a", "fetch_dest": "empty", "accept": "*/*"}, Form.JSON, id="fetch()"),
        pytest.param(
            {"path": "/a", "fetch_dest": "empty", "accept": "text/html"}, Form.PAGE, id="fetch() of a page"
        ),
        pytest.param({"path": "/a", "requested_with": "XMLHttpRequest"}, Form.JSON, id="an old script"),
        pytest.param({"path": "/chat", "upgrade": "websocket"}, Form.JSON, id="a WebSocket"),
        pytest.param({"path": "/v.mp4", "fetch_dest": "video"}, Form.MEDIA, id="a video"),
        pytest.param(
            {"path": "/", "accept": "text/html;q=0, image/png"}, Form.IMAGE, id="anything but a page"
        ),
        pytest.param({"path": "/css", "accept": "*/*"}, Form.PAGE, id="a path without an ending"),
    ],
)
def test_the_answer_has_the_form_that_its_place_needs(asked, form):
    assert form_for(**asked) is form


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_any_header_text_gives_some_form(path, accept, dest, requested_with, upgrade):
    form = form_for(path, accept=accept, fetch_dest=dest, requested_with=requested_with, upgrade=upgrade)

    assert isinstance(form, Form)
