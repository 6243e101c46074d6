"""A gateway whose kernel follows the rules made from settings, with devices and a small Internet."""

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import policy_gateway
from namespaces import Namespace, namespaces, run
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.packets.listening import NflogListener
from proxy.packets.ruleset import ruleset
from proxy.packets.watching import Watch
from proxy.settings.bypass.around import surroundings_of
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.schema import Settings
from redirected_places import ELSEWHERE, LAN, lay_cables

BYPASS = Path(__file__).parents[2] / "blocklists" / "bypass"
PROXY_PORT = 8081
PASSES_S, REFUSED_S = 3.0, 0.4
"""How long to wait for what must arrive, and for what must not."""


def settings() -> Settings:
    """Pupils on the LAN, visitors whose staff may have a VPN, meetings at one place."""
    plain = policy_gateway.settings().model_dump(mode="json")
    plain["dns"]["listen"] = ["0.0.0.0:53", "[::]:53"]
    plain["proxy"]["transparent_listen"] = [f"[::]:{PROXY_PORT}"]
    plain["networks"] = [
        {"id": "lan", "addresses": ["198.51.100.0/24", "2001:db8:1::/64"], "group": "pupils"},
        {"id": "office", "addresses": ["203.0.113.0/24", "2001:db8:2::/64"], "group": "staff"},
    ]
    plain["packets"] = {
        "lan": ["lan"],
        "gateway": [LAN[4], LAN[6]],
        "media": {"ranges": [f"{ELSEWHERE[4]}/32", f"{ELSEWHERE[6]}/128"]},
        "further": [
            {"network": "office", "udp": ["51820"], "decided_by": "IT", "reason": "the district's VPN"}
        ],
        "log_per_client_s": 1000,
        "log_per_s": 10_000,
    }
    return Settings.model_validate(plain)


@dataclass
class FilteredSchool:
    """The three machines, and what the gateway hears of refused packets."""

    device: Namespace
    gateway: Namespace
    origin: Namespace
    settings: Settings
    judge: Gateway
    heard: NflogListener
    watch: Watch = field(init=False)

    def begin(self) -> None:
        """Forget what was told before."""
        self.heard.take_all(lambda _: None)
        self.watch = Watch(self.judge, time.monotonic)

    def load(self) -> None:
        """Put the rules in force."""
        run("ip", "netns", "exec", self.gateway.name, "nft", "-f", "-", given=ruleset(self.settings))

    def told(self, within_s: float = PASSES_S) -> list[Judgement]:
        """What is recorded of refused packets, once something is."""
        found: list[Judgement] = []
        until = time.monotonic() + within_s
        while not found and (left := until - time.monotonic()) > 0:
            if select.select([self.heard], [], [], left)[0]:
                self.heard.take_all(lambda datagram: found.extend(self.watch.take(datagram)))
        return found

    def send(self, source: str, place: str, port: int, payload: bytes) -> socket.socket:
        """Send a datagram from a device, and return its socket."""
        with self.device.inside():
            one = socket.socket(_family(place), socket.SOCK_DGRAM)
        one.settimeout(PASSES_S)
        one.bind((source, 0))
        one.connect((place, port))
        one.send(payload)
        return one

    def send_raw(self, source: str, place: str, protocol: int, payload: bytes) -> None:
        """Send a packet of a protocol beside TCP and UDP from a device."""
        with self.device.inside(), socket.socket(_family(place), socket.SOCK_RAW, protocol) as raw:
            raw.bind((source, 0))
            raw.sendto(payload, (place, 0))

    def connects(self, source: str, place: str, port: int, within_s: float = PASSES_S) -> bool:
        """Whether a device's connection is accepted."""
        with self.device.inside():
            one = socket.socket(_family(place), socket.SOCK_STREAM)
        with one:
            one.settimeout(within_s)
            one.bind((source, 0))
            try:
                one.connect((place, port))
            except TimeoutError:
                return False
        return True

    @contextlib.contextmanager
    def listening(self, where: Namespace, address: str, port: int, kind: int) -> Iterator[socket.socket]:
        """A server's socket on one of the machines."""
        with where.inside():
            server = socket.socket(_family(address), kind)
        with server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((address, port))
            server.settimeout(PASSES_S)
            if kind == socket.SOCK_STREAM:
                server.listen(8)
            yield server

    @contextlib.contextmanager
    def listening_raw(self, where: Namespace, address: str, protocol: int) -> Iterator[socket.socket]:
        """A socket for all packets of a protocol on one of the machines."""
        with where.inside():
            raw = socket.socket(_family(address), socket.SOCK_RAW, protocol)
        with raw:
            raw.settimeout(PASSES_S)
            yield raw


def is_silent(server: socket.socket) -> bool:
    """Whether nothing reaches a server within a moment."""
    return not select.select([server], [], [], REFUSED_S)[0]


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@contextlib.contextmanager
def filtered_school(state: Path) -> Iterator[FilteredSchool]:
    """Make the machines, load the rules, and listen."""
    school = settings()
    knowledge, problems = read_knowledge(BYPASS, surroundings_of(school))
    assert problems == ()
    judge = policy_gateway.gateway(state, policy_gateway.policy(), school)
    judge.knowledge = knowledge
    packets = school.packets
    assert packets is not None
    with namespaces("dev", "gw", "net") as (device, gateway, origin):
        lay_cables(device, gateway, origin)
        with gateway.inside():
            heard = NflogListener(packets.log_group, packets.log_octets)
        with heard:
            made = FilteredSchool(device, gateway, origin, school, judge, heard)
            made.load()
            yield made
