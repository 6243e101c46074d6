"""Ports and protocols of files become a table, and what names no technique is a problem."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from proxy.bypass.observed import Transport
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.packets import packet_table
from proxy.settings.bypass.reading import read_knowledge

PORTS = {"technique": "a.b", "source": "RFC 1", "date": "2026-11-22", "transport": "tcp", "ports": [1, 2]}
NUMBERS = {"technique": "a.c", "source": "IANA", "date": "2026-11-22", "numbers": [4, 41]}


def test_files_are_joined_into_one_table() -> None:
    one = FamilyFile.model_validate({"version": "1", "ports": [PORTS], "protocols": [NUMBERS]})
    other = FamilyFile.model_validate(
        {"version": "1", "ports": [{**PORTS, "transport": "udp", "ports": [1]}]}
    )

    table = packet_table([one, other])

    tcp, udp = Transport.TCP, Transport.UDP
    assert table.ports == {(tcp, 1): "a.b", (tcp, 2): "a.b", (udp, 1): "a.b"}
    assert table.protocols == {4: "a.c", 41: "a.c"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"ports": [{**PORTS, "ports": [0]}]}, id="no port"),
        pytest.param({"ports": [{**PORTS, "transport": "sctp"}]}, id="no transport of ours"),
        pytest.param({"ports": [{**PORTS, "source": ""}]}, id="no source"),
        pytest.param({"protocols": [{**NUMBERS, "numbers": [256]}]}, id="no protocol"),
    ],
)
def test_what_is_no_port_or_protocol_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FamilyFile.model_validate({"version": "1", **wrong})


def test_a_technique_that_nobody_describes_is_a_problem(tmp_path: Path) -> None:
    bypass = tmp_path / "bypass"
    bypass.mkdir()
    text = "version: 1\nports: [{technique: a.b, source: x, date: 2026-11-22, transport: tcp, ports: [1]}]\n"
    (bypass / "one.yaml").write_text(text)

    _, problems = read_knowledge(bypass, Surroundings())

    assert [problem.message for problem in problems] == ["no technique is called 'a.b'"]
