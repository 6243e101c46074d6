"""What was found innocent before."""

from datetime import UTC, datetime, timedelta

import pytest

from proxy.incidents.pardons import Excuse, Whom

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PUPIL = Whom("abcd", "valley-high", frozenset({"students", "high"}), frozenset({"physics-2"}))


@pytest.mark.parametrize(
    ("technique", "host", "expected"),
    [
        ("vpn.wireguard", "files.school.example", True),
        ("vpn.wireguard", "school.example", True),
        ("vpn.openvpn", "school.example", False),
        ("vpn.wireguard.more", "school.example", True),
        ("vpn.wireguards", "school.example", False),
        ("vpn.wireguard", "school.example.evil.example", False),
        ("vpn.wireguard", "notschool.example", False),
    ],
)
def test_it_covers_a_technique_towards_a_site(technique: str, host: str, expected: bool) -> None:
    excuse = Excuse(["vpn.wireguard"], "school.example", {"who": ["abcd"]})
    assert excuse.covers(technique, host, PUPIL, NOON) is expected


def test_it_covers_each_of_its_techniques_and_families() -> None:
    excuse = Excuse(["vpn", "dns.doh"], "school.example", {"who": ["abcd"]})
    told = ("vpn.ike", "vpn", "dns.doh", "dns.tunnel", "vpns.ike")
    covered = [excuse.covers(technique, "school.example", PUPIL, NOON) for technique in told]
    assert covered == [True, True, True, False, False]
    assert not Excuse([], "school.example", {"who": ["abcd"]}).covers(
        "vpn.ike", "school.example", PUPIL, NOON
    )


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({}, True),
        ({"who": ["abcd"]}, True),
        ({"who": ["efgh"]}, False),
        ({"classes": ["physics-2"]}, True),
        ({"classes": ["art-1"]}, False),
        ({"groups": ["high"]}, True),
        ({"groups": ["staff"]}, False),
        ({"schools": ["valley-high"]}, True),
        ({"schools": ["lakeside"]}, False),
        ({"groups": ["high"], "within": ["valley-high"]}, True),
        ({"groups": ["high"], "within": ["lakeside"]}, False),
        ({"who": ["efgh"], "classes": ["physics-2"]}, True),
        ({"within": ["valley-high"]}, False),
    ],
    ids=str,
)
def test_it_reaches_whom_it_names(audience: dict[str, list[str]], expected: bool) -> None:
    assert Excuse(["vpn"], "", audience).covers("vpn.wireguard", "a.example", PUPIL, NOON) is expected


def test_somebody_of_no_known_school_is_at_none() -> None:
    stranger = Whom("192.0.2.7", "", frozenset({"guest"}))
    assert not Excuse(["vpn"], "", {"schools": ["valley-high"]}).covers(
        "vpn.ike", "a.example", stranger, NOON
    )


def test_it_holds_until_its_end() -> None:
    excuse = Excuse(["vpn"], "", {}, ends=NOON)
    assert excuse.covers("vpn.ike", "a.example", PUPIL, NOON - timedelta(seconds=1))
    assert not excuse.covers("vpn.ike", "a.example", PUPIL, NOON)
