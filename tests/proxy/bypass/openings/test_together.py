from dataclasses import replace

import pytest

from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.together import REPEATED, never_asks, refused_name, unresolved
from tests.fakes.known_ways import delivered, told

OUTSIDE = "192.0.2.61"
GREETING = Opening(Transport.TLS, 443, OUTSIDE, sni="games.example", alpn=("h2",), is_carried=True)


def seen(detector, **more):
    return told(detector(replace(GREETING, **more), delivered()))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"refused": 1}, [("together.refused_name", "block")], id="once"),
        pytest.param({"refused": REPEATED - 1}, [("together.refused_name", "block")], id="twice"),
        pytest.param({"refused": REPEATED}, [("together.refused_name", "incident")], id="again and again"),
        pytest.param({"refused": 9, "told": False}, [("together.refused_name", "incident")], id="not told"),
        pytest.param({"refused": 9, "told": True}, [], id="at an address that we gave it"),
        pytest.param({"refused": 9, "destination": "10.1.2.3"}, [], id="inside the school"),
        pytest.param({"refused": 9, "is_ours": True}, [], id="a place that settings open"),
        pytest.param({"refused": 9, "sni": ""}, [], id="no name"),
        pytest.param(
            {"refused": 9, "sni": "", "host": "games.example", "port": 80, "transport": Transport.TCP},
            [("together.refused_name", "incident")],
            id="the host of a plain request",
        ),
        pytest.param({"refused": 0}, [], id="not refused"),
    ],
)
def test_a_refused_name_that_is_reached_anyway(more, expected):
    assert seen(refused_name, **more) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"told": False}, [("together.unresolved", "log")], id="never given"),
        pytest.param({"told": True}, [], id="given"),
        pytest.param({"told": None}, [], id="not known"),
        pytest.param({"told": False, "destination": "10.1.2.3"}, [], id="inside the school"),
        pytest.param({"told": False, "is_ours": True}, [], id="a place that settings open"),
        pytest.param({"told": False, "port": 5223}, [], id="push services"),
        pytest.param({"told": False, "destination": "198.51.100.4"}, [], id="a meeting's media"),
        pytest.param({"told": False, "destination": ""}, [], id="no address known"),
        pytest.param({"told": False, "is_asked": True}, [], id="the explicit proxy"),
        pytest.param({"told": False, "transport": Transport.UDP}, [], id="datagrams"),
    ],
)
def test_an_address_that_was_never_given(more, expected):
    assert seen(unresolved, **more) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({"asks": False}, [("together.never_asks", "log")], id="never"),
        pytest.param({"asks": True}, [], id="it does"),
        pytest.param({"asks": None}, [], id="not known"),
        pytest.param({"asks": False, "destination": "10.1.2.3"}, [], id="inside the school"),
        pytest.param({"asks": False, "is_asked": True}, [], id="the explicit proxy"),
    ],
)
def test_a_client_that_never_asks(more, expected):
    assert seen(never_asks, **more) == expected


def test_nothing_known_is_no_sign():
    assert [*refused_name(GREETING, delivered()), *unresolved(GREETING, delivered())] == []
    assert [*never_asks(GREETING, delivered())] == []


def test_the_evidence_is_where_it_led_and_under_which_name():
    [sign] = refused_name(replace(GREETING, refused=4), delivered())
    assert dict(sign.evidence) == {
        "destination": f"{OUTSIDE} port 443",
        "sni": "games.example",
        "times": "4",
    }
