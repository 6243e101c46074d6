"""Which addresses may be dialled."""

import os
import shutil
import subprocess
import sys
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.frontdoor.destinations import Destinations, embedded, is_own

NOTHING_OPENED = Destinations(own_ports=frozenset({8080, 9310}), page_ports=frozenset({80, 443}))
LAN = Destinations(
    private=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
    local_zones=("school.example",),
    own_ports=frozenset({8080}),
    page_ports=frozenset({443}),
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "::", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "fe80::1", "fc00::1", "224.0.0.1", "ff02::1", "255.255.255.255",
        "100.64.0.1", "198.18.0.1", "192.0.2.1", "240.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:1::1", "64:ff9b:1::a00:1",
    ],
)  # fmt: skip
def test_what_is_no_public_address_of_one_server_is_refused(address):
    assert NOTHING_OPENED.refusal(address, 443, "site.example") is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_may_be_dialled(address):
    assert NOTHING_OPENED.refusal(address, 443, "site.example") is None


def test_a_setting_opens_a_range_and_nothing_beside_it():
    assert LAN.refusal("10.1.2.3", 443, "site.example") is None
    assert LAN.refusal("fd00::7", 443, "site.example") is None
    assert LAN.refusal("192.168.1.1", 443, "site.example") == (
        "192.168.1.1 is not a public address, and no setting opens it"
    )


def test_a_local_zone_may_lead_anywhere_but_to_the_filter_itself():
    assert LAN.refusal("192.168.1.1", 443, "print.school.example") is None
    assert LAN.refusal("127.0.0.1", 8443, "print.school.example") is None
    assert LAN.refusal("127.0.0.1", 8080, "print.school.example") == "127.0.0.1 is the filter itself"


def test_a_broad_range_does_not_open_loopback_and_a_narrow_one_does():
    broad = Destinations(private=(ip_network("0.0.0.0/0"),))
    narrow = Destinations(private=(ip_network("127.0.9.1/32"),))
    assert broad.refusal("127.0.0.1", 443, "a.example") is not None
    assert broad.refusal("192.168.1.1", 443, "a.example") is None
    assert narrow.refusal("127.0.9.1", 443, "a.example") is None
    assert narrow.refusal("127.0.9.2", 443, "a.example") is not None


def test_the_filter_s_own_pages_are_reached_under_their_names_only():
    pages = {"block.school.example"}
    assert LAN.refusal("127.0.0.1", 443, "block.school.example", pages) is None
    assert LAN.refusal("127.0.0.1", 443, "other.example", pages) is not None
    assert LAN.refusal("127.0.0.1", 8080, "block.school.example", pages) is not None


def test_the_address_within_an_address_is_found():
    found = {
        text: str(embedded(ip_address(text))) for text in ("::ffff:a00:1", "64:ff9b::a00:1", "2002:a00:1::")
    }
    assert set(found.values()) == {"10.0.0.1"}


def test_this_machine_s_addresses_are_known():
    assert is_own(ip_address("127.4.5.6"))
    assert not is_own(ip_address("198.51.100.77"))


@given(st.ip_addresses())
def test_without_settings_only_globally_reachable_addresses_pass(address):
    if Destinations().refusal(str(address), 443, "a.example") is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.network
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="makes a network namespace")
def test_other_machines_addresses_are_not_ours_where_sockets_may_be_bound_to_them():
    asked = "from ipaddress import ip_address as a; from proxy.frontdoor.destinations import is_own as o"
    ours = "'203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2'"
    steps = [
        "ip link add one type veth peer name two",
        "ip link set one up",
        "ip link set two up",
        "ip addr add 203.0.113.1/24 dev two",
        "ip addr add 2001:db8::1/64 dev two nodad",
        "echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind",
        "echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind",
        f'{sys.executable} -c "{asked}; print([o(a(one)) for one in ({ours})])"',
    ]
    alone = ["unshare", "--net", "sh", "-ec", "; ".join(steps)]
    said = subprocess.run(alone, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[True, False, True, False]"
