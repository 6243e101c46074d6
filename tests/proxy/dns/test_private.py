"""Which addresses and names are nobody's business outside the school?"""

import pytest

from proxy.dns.labels import to_wire
from proxy.dns.private import points_inward, stays_here

INSIDE = [
    "0.0.0.0", "10.255.255.255", "100.64.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.251", "255.255.255.255", "::", "::1", "::a00:1",
    "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::c0a8:1", "2002:a00:1::", "fc00::1", "fdff::1",
    "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "172.15.0.1",
    "172.32.0.1", "192.0.2.1", "192.167.0.1", "192.169.0.1", "223.255.255.255", "2001:db8::1", "2606:4700::1",
    "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inner_addresses_are_known_in_every_dress(address: str) -> None:
    assert points_inward(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_let_be(address: str) -> None:
    assert not points_inward(address)


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("1.0.0.10.in-addr.arpa", True),
        ("1.0.16.172.in-addr.arpa", True),
        ("1.0.32.172.in-addr.arpa", False),
        ("1.2.64.100.in-addr.arpa", True),
        ("8.8.8.8.in-addr.arpa", False),
        ("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", True),
        ("4.3.2.1.d.f.ip6.arpa", True),
        ("4.3.2.1.8.e.f.ip6.arpa", True),
        ("1.0.0.2.ip6.arpa", False),
        ("printer.local", True),
        ("localhost", True),
        ("abc.onion", True),
        ("notlocal", False),
        ("www.example.org", False),
    ],
)
def test_names_that_mean_nothing_outside_stay_here(name: str, stays: bool) -> None:
    assert stays_here(to_wire(name)) is stays
