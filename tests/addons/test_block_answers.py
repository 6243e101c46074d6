"""In which form a blocked request is answered."""

import pytest
from mitmproxy import http

from addons.block_answers import form_of
from proxy.pages.asked import Form


@pytest.mark.parametrize(
    ("method", "url", "fields", "form"),
    [
        pytest.param("GET", "http://a.example/", {"accept": "text/html,*/*"}, Form.PAGE, id="a browser"),
        pytest.param("CONNECT", "http://a.example/x.png", {"accept": "image/png"}, Form.PAGE, id="a tunnel"),
        pytest.param("GET", "http://a.example/x", {"sec-fetch-dest": "script"}, Form.SCRIPT, id="script"),
        pytest.param("POST", "http://a.example/x", {"x-requested-with": "xmlhttprequest"}, Form.JSON, id="a"),
        pytest.param("GET", "http://a.example/a.png?q=.css", {}, Form.IMAGE, id="the path's ending"),
        pytest.param("GET", "http://a.example/ws", {"upgrade": "websocket"}, Form.JSON, id="a WebSocket"),
    ],
)  # fmt: skip
def test_the_form_fits_the_place(method, url, fields, form):
    headers = http.Headers((k.encode(), v.encode()) for k, v in fields.items())
    assert form_of(http.Request.make(method, url, headers=headers)) is form
