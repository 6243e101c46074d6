"""Ranges cut into segments."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from proxy.lists.ranges import Segment, segments


def net(text):
    return ipaddress.ip_network(text)


def test_nested_ranges_become_segments_that_name_the_narrowest_first():
    ranges = [(net("10.0.0.0/8"), 1), (net("10.1.0.0/16"), 2), (net("10.255.0.0/16"), 3)]
    at = {
        text: int(ipaddress.ip_address(text))
        for text in ("10.0.0.0", "10.1.0.0", "10.2.0.0", "10.255.0.0", "11.0.0.0")
    }

    assert list(segments(ranges)) == [
        Segment(at["10.0.0.0"], (1,)),
        Segment(at["10.1.0.0"], (2, 1)),
        Segment(at["10.2.0.0"], (1,)),
        Segment(at["10.255.0.0"], (3, 1)),
        Segment(at["11.0.0.0"], ()),
    ]


def test_ranges_side_by_side_leave_no_gap():
    ranges = [(net("192.0.2.0/25"), 1), (net("192.0.2.128/25"), 2)]

    assert [segment.members for segment in segments(ranges)] == [(1,), (2,), ()]


NETWORKS = st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 32)).map(
    lambda pair: ipaddress.ip_network((pair[0] & 0xFFF | 0xC0000000, pair[1]), strict=False)
)


@given(st.lists(NETWORKS, max_size=12, unique=True), st.integers(0, 0xFFF))
def test_a_segment_names_exactly_the_ranges_that_hold_its_addresses(networks, offset):
    address = 0xC0000000 + offset
    members = ()
    for segment in segments((network, number) for number, network in enumerate(networks)):
        if segment.start <= address:
            members = segment.members

    holding = [number for number, network in enumerate(networks) if ipaddress.ip_address(address) in network]
    assert sorted(members) == holding
    assert [networks[number].prefixlen for number in members] == sorted(
        (networks[number].prefixlen for number in members), reverse=True
    )
