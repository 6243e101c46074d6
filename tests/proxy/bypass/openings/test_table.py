from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.openings.table import ranges

TABLE = ranges(
    (ip_network(text), value)
    for text, value in [
        ("192.0.2.0/24", "wide"),
        ("192.0.2.16/28", "narrow"),
        ("198.51.100.7/32", "one"),
        ("2001:db8::/32", "six"),
    ]
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("192.0.2.1", "wide", id="in a range"),
        pytest.param("192.0.2.20", "narrow", id="in a range within a range"),
        pytest.param("192.0.2.40", "wide", id="behind the narrower one"),
        pytest.param("198.51.100.7", "one", id="one address"),
        pytest.param("198.51.100.8", "", id="beside it"),
        pytest.param("2001:db8::1", "six", id="version 6"),
        pytest.param("2001:db9::1", "", id="version 6, outside"),
        pytest.param("0.0.0.1", "", id="before all"),
        pytest.param("www.example", "", id="no address"),
    ],
)
def test_an_address_belongs_to_the_narrowest_range_that_holds_it(address, expected):
    assert TABLE.of(address) == expected


@given(
    st.lists(st.ip_addresses(v=4).map(lambda a: ip_network((int(a) & ~0xFF, 24))), max_size=8),
    st.ip_addresses(v=4),
)
def test_ranges_side_by_side_are_found_as_by_looking_at_each(networks, address):
    table = ranges((network, str(network)) for network in set(networks))
    expected = next((str(network) for network in networks if address in network), "")
    assert table.of(str(ip_address(address))) == expected
