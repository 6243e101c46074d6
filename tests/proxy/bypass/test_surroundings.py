import ipaddress

import pytest

from proxy.bypass.surroundings import Surroundings

AROUND = Surroundings(
    networks=(ipaddress.ip_network("198.51.100.0/24"), ipaddress.ip_network("2001:db8:20::/48")),
    zones=frozenset({"school.example"}),
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("8.8.8.8", True, id="public"),
        pytest.param("192.0.2.7", True, id="documentation stands for public"),
        pytest.param("10.1.2.3", False, id="private"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("169.254.1.1", False, id="link-local"),
        pytest.param("fd00:20::1", False, id="unique local"),
        pytest.param("198.51.100.9", False, id="the school's own"),
        pytest.param("2001:db8:20::9", False, id="the school's own, IPv6"),
        pytest.param("2001:db8:21::9", True, id="its neighbour"),
        pytest.param("example.org", False, id="no address"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_is_public(address, expected):
    assert AROUND.is_public(address) is expected


def test_the_schools_own_names():
    assert AROUND.is_own_name("books.school.example")
    assert not AROUND.is_own_name("otherschool.example")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("10.20.8.9", True, id="staff"),
        pytest.param("10.20.32.9", False, id="students"),
        pytest.param("fd00::1", False, id="the other version"),
        pytest.param("unknown", False, id="no address"),
    ],
)
def test_who_is_filtered_less(address, expected):
    around = Surroundings(privileged=(ipaddress.ip_network("10.20.8.0/24"),))
    assert around.is_privileged(address) is expected
