import json

import pytest

from proxy.bypass.exchange.tor import tor_request
from tests.fakes.exchanges import asked, shipped, techniques

URL = "https://cdn.example.org/"
OFFER = json.dumps({"offer": json.dumps({"type": "offer", "sdp": "v=0"}), "nat": "unknown"}).encode()


@pytest.mark.parametrize(
    ("method", "fields", "body", "expected"),
    [
        pytest.param("POST", {"x-session-id": "c3Vt4zUIbH8="}, b"", ["tor.meek"], id="meek"),
        pytest.param("GET", {"x-session-id": "c3Vt4zUIbH8="}, b"", [], id="no POST"),
        pytest.param(
            "POST",
            {"x-session-id": "c3Vt4zUIbH8=", "origin": "https://a.example"},
            b"",
            [],
            id="a page's own session",
        ),
        pytest.param(
            "POST",
            {"x-session-id": "c3Vt4zUIbH8=", "content-type": "application/json"},
            b"{}",
            [],
            id="an API's",
        ),
        pytest.param("POST", {}, b"1.0\n" + OFFER, ["tor.snowflake_ws"], id="Snowflake"),
        pytest.param("POST", {}, OFFER, ["tor.snowflake_ws"], id="Snowflake, older"),
        pytest.param("POST", {}, b'{"offer": "two for one"}', [], id="a shop's offer"),
        pytest.param("POST", {}, b'{"type":"offer","sdp":"v=0"}', [], id="a meeting's"),
    ],
)
def test_requests_of_pluggable_transports(method, fields, body, expected):
    assert techniques(tor_request, asked(URL, method, fields=fields, body=body)) == expected


def test_where_an_offer_goes_is_no_evidence():
    (sign,) = tor_request(asked(URL + "secret", "POST", body=OFFER), shipped())
    assert dict(sign.evidence) == {"body": "an offer for WebRTC"}
