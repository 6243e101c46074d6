"""The rules say what the settings say, for IPv4 and IPv6 alike."""

import re
from typing import Any

import pytest

import policy_gateway
from proxy.packets.ruleset import proxy_ports, resolver_addresses, ruleset
from proxy.settings.fields import Endpoint
from proxy.settings.schema import Settings
from proxy.settings.schema.packets import NEVER_TCP, NEVER_UDP

BOTH = ["198.51.100.1", "2001:db8:1::1"]


def settings(
    transparent: tuple[str, ...] = ("[::]:8081",),
    listen: tuple[str, ...] = ("0.0.0.0:53", "[::]:53"),
    **packets: Any,
) -> Settings:
    plain = policy_gateway.settings().model_dump(mode="json")
    plain["dns"]["listen"], plain["proxy"]["transparent_listen"] = listen, transparent
    plain["packets"] = {"lan": ["lan"], "gateway": BOTH, **packets}
    return Settings.model_validate(plain)


def chain(rules: str, name: str) -> list[str]:
    """The lines of a chain, in order."""
    found = re.search(rf"  chain {name} {{\n(.*?)  }}\n", rules, re.DOTALL)
    assert found is not None, name
    return [line.strip() for line in found[1].splitlines()]


def test_a_load_replaces_the_table_of_before() -> None:
    lines = [line for line in ruleset(settings()).splitlines() if line and not line.startswith("#")]

    assert lines[:3] == ["table inet schoolgate", "delete table inet schoolgate", "table inet schoolgate {"]
    assert (lines[-1], sum(line.startswith("table") for line in lines)) == ("}", 2)


@pytest.mark.parametrize(
    ("transparent", "expected"),
    [
        pytest.param(
            ("[::]:8081",),
            ["meta nfproto ipv4 tcp dport { 80, 443 } counter redirect to :8081",
             "meta nfproto ipv6 tcp dport { 80, 443 } counter redirect to :8081"],
            id="one worker",
        ),
        pytest.param(
            ("0.0.0.0:8081", "0.0.0.0:8082"),
            ["meta nfproto ipv4 tcp dport { 80, 443 } counter redirect to "
             ":jhash ip saddr mod 2 map { 0 : 8081, 1 : 8082 }"],
            id="two, IPv4 only: IPv6 is refused",
        ),
    ],
)  # fmt: skip
def test_pages_are_spread_over_the_workers(transparent: tuple[str, ...], expected: list[str]) -> None:
    assert chain(ruleset(settings(transparent)), "redirecting")[-len(expected) :] == expected


@pytest.mark.parametrize(
    ("listen", "gateway", "expected"),
    [
        pytest.param(("0.0.0.0:53", "[::]:53"), BOTH, {4: BOTH[0], 6: BOTH[1]}, id="anywhere"),
        pytest.param(("127.0.0.1:53", "198.51.100.1:53"), [], {4: BOTH[0]}, id="its own address"),
        pytest.param(("0.0.0.0:53",), BOTH, {4: BOTH[0]}, id="IPv4 alone: IPv6 is refused"),
    ],
)
def test_questions_are_turned_to_where_the_resolver_listens(
    listen: tuple[str, ...], gateway: list[str], expected: dict[int, str]
) -> None:
    made = settings(listen=listen, gateway=gateway)

    assert resolver_addresses(made) == {version: Endpoint(host, 53) for version, host in expected.items()}
    turned = [line for line in chain(ruleset(made), "redirecting") if "dport 53" in line]
    assert [line.rpartition("dnat ")[2] for line in turned] == [
        f"{'ip6' if version == 6 else 'ip'} to {Endpoint(host, 53)}" for version, host in expected.items()
    ]


def test_the_proxys_ports_are_told_by_version() -> None:
    assert proxy_ports(settings(("[::]:1", "192.0.2.1:2", "[2001:db8::1]:3"))) == {4: [1, 2], 6: [1, 3]}


def test_what_is_never_let_out_stands_before_what_is_let_go_on() -> None:
    rules = ruleset(settings())
    lines = chain(rules, "forwarding")

    assert lines[0] == "type filter hook forward priority filter; policy drop;"
    assert lines.index("iifname @lan jump closed") < lines.index("ct state established,related accept")
    closed = "\n".join(chain(rules, "closed"))
    assert all(str(port) in closed for port in (*NEVER_TCP, *NEVER_UDP))


def test_every_rule_about_addresses_stands_there_for_both_versions() -> None:
    further = [{"network": "lan", "udp": ["51820"], "to": ["192.0.2.9", "2001:db8::9"], "decided_by": "IT",
                "reason": "VPN"}]  # fmt: skip
    rules = ruleset(settings(local=["10.0.0.0/8", "fd00::/8"], further=further))

    inside = rules[rules.index("chain redirecting") :]
    four = re.findall(r"\bip (?:saddr|daddr)\b", inside)
    six = re.findall(r"\bip6 (?:saddr|daddr)\b", inside)
    assert (len(four), len(four)) == (len(six), 7)
    assert chain(rules, "further") == [
        "ip saddr { 127.0.0.1/32 } ip daddr { 192.0.2.9/32 } udp dport { 51820 } accept",
        "ip6 saddr { ::1/128 } ip6 daddr { 2001:db8::9/128 } udp dport { 51820 } accept",
    ]


def test_more_may_be_a_protocol_and_lead_anywhere() -> None:
    further = [{"network": "quiet", "tcp": ["22"], "protocols": ["esp"], "decided_by": "IT", "reason": "x"}]

    assert chain(ruleset(settings(further=further)), "further") == [
        "ip saddr { 127.0.1.1/32 } tcp dport { 22 } accept",
        "ip saddr { 127.0.1.1/32 } meta l4proto { esp } accept",
    ]


def test_refused_packets_are_told_of_within_limits_and_dropped_without() -> None:
    rules = ruleset(settings(log_group=7, log_octets=128, log_per_client_s=2, log_per_s=30))

    assert chain(rules, "refused") == ["jump telling", "counter drop"]
    assert chain(rules, "telling")[0] == (
        "update @told4 { ip saddr limit rate 2/second burst 8 packets } limit rate 30/second burst 60 "
        'packets log prefix "schoolgate " group 7 snaplen 128 queue-threshold 1'
    )


def test_meetings_without_ranges_are_closed() -> None:
    assert [
        line for line in chain(ruleset(settings(media={"ranges": []})), "leaving") if "media" in line
    ] == []
    assert len([line for line in chain(ruleset(settings()), "leaving") if "media" in line]) == 2


def test_there_are_no_rules_without_settings_for_them() -> None:
    with pytest.raises(ValueError, match="no part `packets`"):
        ruleset(policy_gateway.settings())
