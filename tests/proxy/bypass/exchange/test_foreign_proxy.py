import pytest

from proxy.bypass.exchange.foreign_proxy import TECHNIQUE, foreign_proxy
from proxy.bypass.observed import Form
from tests.fakes.exchanges import asked, techniques, told

URL = "https://games.example/"
PLAIN = "http://games.example/"


@pytest.mark.parametrize(
    ("url", "more", "expected"),
    [
        pytest.param(URL, {"form": Form.AUTHORITY, "method": "CONNECT"}, [TECHNIQUE], id="CONNECT"),
        pytest.param(
            URL,
            {"form": Form.AUTHORITY, "destination": "198.51.100.9:8080"},
            [TECHNIQUE],
            id="CONNECT to another's",
        ),
        pytest.param(
            URL, {"form": Form.AUTHORITY, "destination": "192.0.2.1:3128"}, [], id="CONNECT to the school's"
        ),
        pytest.param(
            URL, {"form": Form.AUTHORITY, "destination": "10.0.0.9:3128"}, [], id="an address inside"
        ),
        pytest.param(URL, {"form": Form.AUTHORITY, "is_explicit": True}, [], id="sent to us"),
        pytest.param(PLAIN, {"form": Form.ABSOLUTE}, [TECHNIQUE], id="absolute form"),
        pytest.param(PLAIN, {"form": Form.ABSOLUTE, "is_explicit": True}, [], id="absolute form to us"),
        pytest.param(
            URL, {"form": Form.ABSOLUTE, "sni": "games.example"}, [], id="absolute form to the server itself"
        ),
        pytest.param(
            URL, {"fields": {"proxy-authorization": "Basic eDp5"}}, [TECHNIQUE], id="a log-in at a proxy"
        ),
        pytest.param(
            URL,
            {"form": Form.AUTHORITY, "fields": {":protocol": "websocket"}},
            [],
            id="a WebSocket over HTTP/2",
        ),
        pytest.param(URL, {}, [], id="ordinary"),
    ],
)
def test_who_is_asked_as_a_proxy(url, more, expected):
    assert techniques(foreign_proxy, asked(url, more.pop("method", "GET"), **more)) == expected


def test_evidence_has_no_password():
    evidence = told(foreign_proxy, asked(URL, fields={"proxy-authorization": "Basic c2VjcmV0"}))
    assert evidence["field"] == "proxy-authorization"
    assert "c2VjcmV0" not in str(evidence)
