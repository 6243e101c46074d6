"""Arrays on their way into a file."""

import io
import ipaddress
from array import array

from proxy.lists.layout import HEADER_SIZE, SECTIONS
from proxy.lists.packing import address_arrays, pack


def test_alike_sets_of_ranges_are_stored_once():
    networks = [
        (ipaddress.ip_network(text), n)
        for n, text in enumerate(["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"])
    ]
    arrays = address_arrays(networks)

    assert list(arrays["v4_sets"]) == [1, 2, 1, 0]
    assert list(arrays["v6_sets"]) == [3, 0]
    assert list(arrays["sets"]) == [0, 0, 0, 1, 1, 2, 3, 1]
    assert list(arrays["members"]) == [0, 1, 0, 2]


def test_a_range_to_the_end_of_the_space_needs_no_segment_behind_it():
    arrays = address_arrays([(ipaddress.ip_network("255.0.0.0/8"), 0), (ipaddress.ip_network("ff00::/8"), 1)])

    assert (len(arrays["v4_starts"]), len(arrays["v6_high"])) == (1, 1)


def test_every_section_begins_at_a_multiple_of_eight():
    out = io.BytesIO()
    pack(out, 1, ((name, [array("B", b"a"), b"bc"]) for name in SECTIONS[:-1]), {"a": "b"})

    assert len(out.getvalue()) == HEADER_SIZE + 16 + 8 * (len(SECTIONS) - 1)
