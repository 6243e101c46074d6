"""A refused packet is judged, counted and recorded, whatever the policy says of it."""

import random
from pathlib import Path

import pytest

import first_octets as octets
import policy_gateway
from known_ways import delivered
from proxy import metrics
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.kept_signs import techniques_in
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.packets.nflog import Overrun
from proxy.packets.watching import Watch
from refused_packets import ipv4, tcp, told, udp

PUPIL, STRANGER = "127.0.0.1", "127.0.2.1"
PLACE = "192.0.2.7"


class Office:
    """A watch whose clock stands where a test puts it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.spool = Spool(state / "spool", worker="packets", gateway="g")
        made = policy_gateway.gateway(
            state, policy_gateway.policy(), policy_gateway.settings(), spool=self.spool
        )
        self.at = 0.0
        made.knowledge = delivered()
        self.watch = Watch(made, lambda: self.at)

    def events(self) -> list[Event]:
        self.spool.close()
        return list(Journal(self.state / "spool").events())


@pytest.fixture
def office(tmp_path: Path):
    made = Office(tmp_path)
    yield made
    made.spool.close()


def datagram(first: bytes, port: int, client: str = PUPIL) -> bytes:
    return told(ipv4(udp(first, port), 17, client, PLACE))


def untold(cause: str) -> float:
    return metrics.PACKETS_UNTOLD.bind(cause).value


def test_a_way_around_is_recorded_with_its_technique(office: Office) -> None:
    counted = metrics.PACKETS_REFUSED.bind("vpn").value

    office.watch.take(datagram(octets.wireguard(random.Random(1)), 51820))

    (event,) = office.events()
    assert (event.client, event.host, event.method) == (PUPIL, PLACE, "udp/51820")
    assert (event.action, event.reason, event.rule) == (Action.BLOCK, Reason.WAY_AROUND, "vpn.wireguard")
    assert techniques_in(event.signs)[0] == "vpn.wireguard"
    assert metrics.PACKETS_REFUSED.bind("vpn").value == counted + 1


def test_what_no_rule_speaks_of_is_recorded_as_refused_all_the_same(office: Office) -> None:
    (judgement,) = office.watch.take(told(ipv4(tcp(port=443), 6, PUPIL, PLACE)))

    verdict = judgement.verdict
    assert (verdict.action, verdict.reason, verdict.check) == (Action.BLOCK, Reason.PROTOCOL, "packets")
    assert (verdict.evidence.list_id, verdict.evidence.rule) == ("packets", "egress.packets")


def test_the_same_again_is_counted_and_recorded_once_a_minute(office: Office) -> None:
    repeated, packet = untold("repeated"), datagram(b"odd", 27015)

    found = []
    for office.at in (0.0, 1.0, 61.0):
        found.append(len(office.watch.take(packet)))

    assert (found, untold("repeated") - repeated) == ([1, 0, 1], 1)


@pytest.mark.parametrize(
    ("packet", "cause"),
    [
        pytest.param(datagram(b"odd", 27015, STRANGER), "not_configured_network", id="a stranger"),
        pytest.param(told(b"\x00"), "malformed", id="no packet"),
        pytest.param(told(ipv4(udp(), 17))[:30], "malformed", id="no message"),
    ],
)
def test_what_is_nobodys_or_unreadable_is_counted_and_is_no_event(
    office: Office, packet: bytes, cause: str
) -> None:
    before = untold(cause)

    assert office.watch.take(packet) == []
    assert untold(cause) == before + 1
    assert office.events() == []


def test_lost_messages_are_told_to_whoever_listens(office: Office) -> None:
    with pytest.raises(Overrun):
        office.watch.take(b"\x10\0\0\0\x04\0\0\0" + bytes(8))
