"""What the packet filter lets out can be said exactly, and not so that the filter is passed."""

import pytest
from pydantic import ValidationError

from proxy.settings.schema.packets import PacketSettings, Ports

FURTHER = {"network": "staff", "decided_by": "IT", "reason": "VPN"}


def test_little_leaves_unless_told_otherwise() -> None:
    made = PacketSettings.model_validate({"lan": "lan"})

    assert (made.lan, made.tcp, made.udp) == (
        ("lan",),
        (Ports(5223, 5223), Ports(5228, 5230)),
        (Ports(123, 123),),
    )
    assert made.media.ports == (Ports(3478, 3481),)
    assert PacketSettings.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize(
    ("also", "problem"),
    [
        pytest.param({"lan": []}, "at least 1 item", id="no interface"),
        pytest.param({"lan": ['a" ; drop']}, "not the name of a network", id="no interface's name"),
        pytest.param({"lan": ["a-name-too-long-for-linux"]}, "not the name of a network", id="a long one"),
        pytest.param({"tcp": ["5230-5228"]}, "neither a port nor a range", id="a range the wrong way round"),
        pytest.param({"tcp": [0]}, "neither a port nor a range", id="no port"),
        pytest.param({"tcp": ["70-90"]}, "TCP 70-90 cannot be opened: 80 is turned", id="the web"),
        pytest.param({"udp": [443]}, "QUIC would pass the proxy unread", id="QUIC"),
        pytest.param({"udp": ["50-60"]}, "turned to the resolver", id="DNS"),
        pytest.param({"media": {"ports": [443]}}, "QUIC would pass", id="QUIC as a meeting"),
        pytest.param({"tcp": [853]}, "853 leads around us", id="DNS over TLS for everybody"),
        pytest.param({"udp": ["4000-5000"]}, "4500 leads around us", id="a VPN for everybody"),
        pytest.param({"gateway": ["192.0.2.1", "192.0.2.2"]}, "more than one IPv4", id="two gateways"),
        pytest.param({"further": [FURTHER]}, "this opens nothing", id="nothing more"),
        pytest.param({"further": [{**FURTHER, "tcp": [443]}]}, "443 is turned", id="the web for some"),
        pytest.param({"further": [{**FURTHER, "protocols": ["tcp"]}]}, "'ah', 'esp' or", id="no protocol"),
        pytest.param({"log_group": 0}, "greater than or equal to 1", id="the kernel's own group"),
    ],
)  # fmt: skip
def test_what_would_open_too_much_or_nothing_is_said(also: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        PacketSettings.model_validate({"lan": "lan", **also})


def test_one_network_may_have_its_vpn() -> None:
    made = PacketSettings.model_validate(
        {"lan": "lan", "further": [{**FURTHER, "udp": ["51820", "4500"], "protocols": "esp"}]}
    )

    assert made.further[0].udp == (Ports(51820, 51820), Ports(4500, 4500))
    assert made.further[0].protocols == ("esp",)
