"""Lists of addresses and ranges."""

import pytest

from list_world import complaints, entries
from proxy.lists.formats import Format

ADDRESSES = Format.ADDRESSES


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="one address"),
        pytest.param("192.0.2.0/24 ; note", "192.0.2.0/24", id="a range and a note"),
        pytest.param("192.0.2.7/24", "192.0.2.0/24", id="host bits are dropped"),
        pytest.param("192.0.2.7/32", "192.0.2.7", id="a range of one"),
        pytest.param("2001:DB8::/32", "2001:db8::/32", id="IPv6"),
        pytest.param("::ffff:192.0.2.0/120", "192.0.2.0/24", id="IPv4 inside IPv6"),
    ],
)
def test_an_address_or_range_is_listed(line, text):
    assert entries(ADDRESSES, line) == [(1, "address", text)]


def test_a_span_becomes_the_ranges_that_make_it_up():
    assert entries(ADDRESSES, "192.0.2.6-192.0.2.11") == [
        (1, "address", "192.0.2.6/31"),
        (1, "address", "192.0.2.8/30"),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("AS64500 # a network", "not an address", id="an AS number"),
        pytest.param("192.0.2.999", "not an address", id="an octet too large"),
        pytest.param("192.0.2.9-2001:db8::1", "not an address", id="a span over two families"),
        pytest.param("192.0.2.9-192.0.2.1", "not an address", id="a span backwards"),
        pytest.param("0.0.0.0/0", "range too wide", id="everything"),
        pytest.param("2000::/3", "range too wide", id="all of IPv6"),
        pytest.param("127.0.0.0/8", "local name", id="this machine"),
        pytest.param("0.0.0.1-255.255.255.254", "range too wide", id="a span of nearly everything"),
        pytest.param("1.0.0.0-2.0.0.0", "range too wide", id="a span of a little more than a /8"),
        pytest.param("::1-fffe::", "range too wide", id="a span of nearly all of IPv6"),
    ],
)
def test_other_lines_are_reported(line, why):
    assert complaints(ADDRESSES, line) == [(1, why)]
