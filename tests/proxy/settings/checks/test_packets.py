"""Packets that are turned round arrive at a resolver and a proxy that listen for them."""

from typing import Any

import pytest

import policy_gateway
from proxy.settings.checks import whole_checks
from proxy.settings.schema import Settings

RIGHT: dict[str, Any] = {"lan": ["lan"], "gateway": ["198.51.100.1"]}


def problems(packets: dict[str, Any] | None, *, listen: list[str], transparent: list[str]) -> list[str]:
    plain = policy_gateway.settings().model_dump(mode="json")
    plain["dns"]["listen"], plain["proxy"]["transparent_listen"] = listen, transparent
    plain["gateway"]["workers_http"] = 1
    plain["packets"] = packets
    found = whole_checks(Settings.model_validate(plain))
    return [f"{'.'.join(map(str, one.path))}: {one.message}" for one in found if one.path[0] == "packets"]


@pytest.mark.parametrize(
    ("packets", "listen", "transparent", "expected"),
    [
        pytest.param(RIGHT, ["0.0.0.0:53"], ["[::]:8081"], [], id="all is well"),
        pytest.param({"lan": ["lan"]}, ["198.51.100.1:53"], ["[::]:8081"], [], id="its own address"),
        pytest.param(None, ["127.0.0.1:53"], [], [], id="no packet filter"),
        pytest.param(
            RIGHT, ["0.0.0.0:53"], [],
            ["packets: ports 80 and 443 are turned to the proxy, and it does not listen for them"],
            id="no proxy",
        ),
        pytest.param(
            RIGHT, ["198.51.100.9:53"], ["[::]:8081"],
            ["packets.gateway.0: the resolver does not listen on 198.51.100.1"],
            id="a resolver elsewhere",
        ),
        pytest.param(
            {"lan": ["lan"]}, ["0.0.0.0:53"], ["[::]:8081"],
            ["packets: questions to other resolvers are turned to this one, and `dns.listen` does not say "
             "where"],
            id="a resolver anywhere",
        ),
        pytest.param(
            {**RIGHT, "further": [{"network": "labs", "udp": [51820], "decided_by": "IT", "reason": "x"}]},
            ["0.0.0.0:53"], ["[::]:8081"],
            ["packets.further.0.network: there is no network 'labs'"],
            id="more for nobody",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said(
    packets: dict[str, Any] | None, listen: list[str], transparent: list[str], expected: list[str]
) -> None:
    assert problems(packets, listen=listen, transparent=transparent) == expected
