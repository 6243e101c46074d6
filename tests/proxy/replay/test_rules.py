from ipaddress import ip_network

import pytest

from proxy.bypass.surroundings import Surroundings
from proxy.replay.rules import is_explicit

NONE = Surroundings()
ONE = Surroundings(networks=(ip_network("203.0.113.0/24"),), proxies=frozenset({"198.51.100.9:3128"}))


@pytest.mark.parametrize(
    ("around", "destination", "expected"),
    [
        pytest.param(ONE, "198.51.100.9:3128", True, id="ours"),
        pytest.param(ONE, "198.51.100.9:8080", False, id="another port"),
        pytest.param(ONE, "203.0.113.7:3128", True, id="a machine of the school"),
        pytest.param(NONE, "10.1.0.10:3128", True, id="a private address"),
        pytest.param(NONE, "[fd00::1]:3128", True, id="a private address of IPv6"),
        pytest.param(NONE, "[2001:db8::1]:3128", False, id="a public address of IPv6"),
        pytest.param(ONE, "", True, id="unknown, where the school has a proxy"),
        pytest.param(NONE, "", False, id="unknown, where it has none"),
    ],
)
def test_whose_proxy_was_asked(around, destination, expected):
    assert is_explicit(around, destination) is expected
