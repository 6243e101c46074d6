"""The smallest range that holds an address."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.identity.ranges import Ranges

RANGES = ["192.0.2.0/24", "192.0.2.128/25", "192.0.2.200/32", "2001:db8::/32", "2001:db8:5::/48", "0.0.0.0/1"]
TABLE = Ranges((ip_network(text), text) for text in RANGES)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.1", "192.0.2.0/24"),
        ("192.0.2.129", "192.0.2.128/25"),
        ("192.0.2.200", "192.0.2.200/32"),
        ("9.9.9.9", "0.0.0.0/1"),
        ("198.51.100.1", None),
        ("2001:db8::1", "2001:db8::/32"),
        ("2001:db8:5::1", "2001:db8:5::/48"),
        ("2001:db9::1", None),
        ("::ffff:192.0.2.200", "192.0.2.200/32"),
        ("2001:db8:5::1%eth0", "2001:db8:5::/48"),
        ("no address", None),
        ("", None),
    ],
)
def test_the_longest_prefix_counts(address: str, found: str | None) -> None:
    assert TABLE.find(address) == found


def test_a_range_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"192\.0\.2\.0/24 is given twice"):
        Ranges([(ip_network("192.0.2.0/24"), 1), (ip_network("192.0.2.0/24"), 2)])


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), max_size=12), st.integers(0, 2**32 - 1)
)
def test_it_answers_as_trying_all_ranges_does(ranges: list[tuple[int, int]], number: int) -> None:
    networks = {ip_network((base, length), strict=False) for base, length in ranges}
    address = ip_address(number)
    holding = [network for network in networks if address in network]
    expected = max(holding, key=lambda network: network.prefixlen, default=None)
    assert Ranges((network, network) for network in networks).find(str(address)) == expected
