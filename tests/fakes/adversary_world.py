"""A school whose pupils try real tools to get around the filter, and whose gateway can let everything pass.

device, gateway and origin are namespaces laid out as in `redirected_places`. With the filter off the gateway
forwards whatever comes; with it on, the packet filter made from the settings turns names and pages to the
running filter and drops the rest.
"""

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.exception
import dns.message
import dns.query

from adversaries import Tool, program, run, running
from fake_origins import Origin, TestAuthority, http_origin, page
from fake_upstream import FakeUpstream
from known_ways import delivered
from namespaces import PREFIX, Namespace, namespaces
from namespaces import run as administer
from proxy.decision.verdict import Action
from proxy.journal.event import Event
from proxy.journal.kept_signs import KeptSign, read_signs
from proxy.journal.read import Journal
from redirected_places import LAN, NAMES, SITE, TWIN, lay_cables
from running_filter import RunningFilter

TUNNELS = ".tunnel.example."
"""Names that a server of tunnels answers, at TWIN; all others are answered from the zone."""
TOLD_S = 60.0
_NETNS = Path("/etc/netns")


@dataclass(frozen=True)
class Told:
    """What the filter says of something that it stopped.

    explanation   for the person who was stopped
    """

    event: Event
    sign: KeptSign
    explanation: str


@dataclass
class AdversaryWorld:
    """Everything that runs, and what a test asks of it."""

    directory: Path
    device: Namespace
    gateway: Namespace
    origin: Namespace
    authority: TestAuthority
    filter: RunningFilter
    upstream: FakeUpstream = field(default_factory=FakeUpstream)
    rules: str = ""
    is_on: bool = True
    _number: int = 0

    # ---- the filter -------------------------------------------------------------------------------

    def off(self) -> None:
        """Let everything through as it comes."""
        self.gateway.nft("")
        self._forget_connections(on=False)

    def on(self) -> None:
        """Put the rules in force."""
        self.gateway.nft(self.rules)
        self._forget_connections(on=True)

    def _forget_connections(self, *, on: bool) -> None:
        self.is_on = on
        administer("ip", "netns", "exec", self.gateway.name, "conntrack", "-F")

    def events(self) -> list[Event]:
        """Everything recorded so far."""
        return list(Journal(self.filter.state / "spool").events())

    def told(self, *families: str, since: int) -> Told:
        """What the first event says that blocks with a sign of these families, and with evidence.

        since    how many events there were before

        Fails with what was recorded when there is none in time.
        """
        deadline = time.monotonic() + TOLD_S
        while True:
            events = self.events()[since:]
            for event in events:
                signs = [
                    one for one in read_signs(event.signs)
                    if one.technique.startswith(families) and one.evidence
                ]  # fmt: skip
                if event.action is Action.BLOCK and signs:
                    explanation = delivered().techniques[signs[0].technique].explanation
                    assert explanation.endswith("."), explanation
                    return Told(event, signs[0], explanation)
            assert time.monotonic() < deadline, [
                (one.host, one.action.value, one.list_id, one.rule, one.signs) for one in events
            ]
            time.sleep(0.1)

    # ---- machines and what runs on them -------------------------------------------------------------

    def log(self, name: str) -> Path:
        """Where a tool writes what it says."""
        self._number += 1
        return self.directory / f"{self._number}-{name}.txt"

    def on_device(self, *words: str, **more: Any) -> contextlib.AbstractContextManager[Tool]:
        """Run a tool on the device."""
        return running(words, self.log(words[0].rpartition("/")[2]), wrapper=inside(self.device), **more)

    def on_origin(self, *words: str, **more: Any) -> contextlib.AbstractContextManager[Tool]:
        """Run a server outside."""
        return running(words, self.log(words[0].rpartition("/")[2]), wrapper=inside(self.origin), **more)

    def done_on_device(self, *words: str, within_s: float = 20, given: bytes = b"") -> str:
        """Run a tool on the device to its end, and return all that it said."""
        done = run(words, within_s=within_s, wrapper=inside(self.device), given=given)
        return (done.stdout + done.stderr).decode(errors="replace")

    @contextlib.contextmanager
    def pages(self, text: str, address: str = SITE[4], port: int = 80) -> Iterator[Origin]:
        """A web server outside whose every page has a text."""
        with contextlib.ExitStack() as stack:
            with self.origin.inside():
                served = stack.enter_context(http_origin(lambda _: page(text), host=address, port=port))
            yield served

    @property
    def trust(self) -> Path:
        """Certificates that a device believes: the school's, and that of everybody outside."""
        path = self.directory / "trust.pem"
        path.write_bytes(self.filter.ca.read_bytes() + self.authority.path.read_bytes())
        return path

    def certificate(self, *hosts: str) -> Path:
        """A file with key and certificate for these names, which the filter believes."""
        self.authority.context(*hosts)
        return self.authority.path.parent / f"{hosts[0]}.pem"

    def named(self, host: str, address: str = SITE[4]) -> None:
        """Let a name lead to an address, and to no other in all tests."""
        line = f"{host}. 60 IN A {address}"
        known = self.upstream.zone.setdefault((f"{host}.", "A"), [line])
        assert known == [line], f"{host} leads elsewhere: {known}"


def inside(namespace: Namespace) -> tuple[str, ...]:
    """Words that run a command in a namespace, with its own resolv.conf."""
    found = program("ip")
    assert found is not None
    return (found, "netns", "exec", namespace.name)


def listens(namespace: Namespace, address: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with namespace.inside():
            socket.create_connection((address, port), 5).close()
    except OSError:
        return False
    return True


def reached(ask: Callable[[], bool], within_s: float = 20) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + within_s
    while not ask():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def adversary_world(directory: Path) -> Iterator[AdversaryWorld]:
    """Build and start everything, and take it down again."""
    with namespaces("dev", "gw", "net") as (device, gateway, origin), contextlib.ExitStack() as stack:
        lay_cables(device, gateway, origin)
        for namespace in (device, origin):
            stack.enter_context(_asking(namespace, NAMES))
        authority = TestAuthority(directory)
        running_filter = _filter(directory / "filter", gateway, authority)
        world = AdversaryWorld(directory, device, gateway, origin, authority, running_filter)
        _serve_names(world, stack)
        stack.enter_context(running_filter)
        made = running_filter.schoolgate("packets", "rules")
        assert made.returncode == 0, made.stderr
        world.rules = made.stdout
        yield world


@contextlib.contextmanager
def _asking(namespace: Namespace, resolver: str) -> Iterator[None]:
    """Let programs in a namespace ask this resolver."""
    for left in _NETNS.glob(f"{PREFIX}-*-*-*"):  # by a run that was killed
        if not Path("/proc", left.name.split("-")[1]).exists():
            shutil.rmtree(left, ignore_errors=True)
    place = _NETNS / namespace.name
    place.mkdir(parents=True)
    try:
        (place / "resolv.conf").write_text(f"nameserver {resolver}\n")
        (place / "nsswitch.conf").write_text("hosts: files dns\n")
        yield
    finally:
        shutil.rmtree(place)


def _filter(directory: Path, gateway: Namespace, authority: TestAuthority) -> RunningFilter:
    directory.mkdir()
    games = directory / "games.txt"
    games.write_text("play.example\n")

    def machine(settings: dict[str, Any]) -> None:
        settings["dns"].update(
            listen=[f"{LAN[4]}:53", f"[{LAN[6]}]:53"],
            upstreams=[{"address": NAMES, "port": 53}],
            local_zones=[],
            local_records=[],
        )
        settings["proxy"].update(
            listen=f"{LAN[4]}:8080",
            transparent_listen=["[::]:8081"],
            connect_ports=[443],
            private_destinations=[],
            upstream_ca=str(authority.path),
        )
        settings["block_page"].update(
            addresses=list(LAN.values()),
            listen_http=[f"{LAN[4]}:80", f"[{LAN[6]}]:80"],
            listen_https=[f"{LAN[4]}:443", f"[{LAN[6]}]:443"],
        )
        settings["packets"] = {"lan": ["lan"], "gateway": list(LAN.values())}
        settings["lists"]["local"] = [
            {"id": "our-games", "title": "Games", "file": str(games), "category": "games"}
        ]

    def people(settings: dict[str, Any]) -> None:
        settings["networks"] += [
            {"id": "room", "addresses": ["198.51.100.0/24", "2001:db8:1::/64"], "group": "middle",
             "inspect": True},
            {"id": "visitors", "addresses": ["203.0.113.0/24", "2001:db8:2::/64"], "group": "middle",
             "inspect": False},
        ]  # fmt: skip

    return RunningFilter(directory, machine, people, command="up", wrapper=inside(gateway), workers=1)


def _serve_names(world: AdversaryWorld, stack: contextlib.ExitStack) -> None:
    """Answer names outside; those of tunnels by asking the server of tunnels."""
    with world.origin.inside():
        server = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        server.bind((NAMES, 53))

    def answer(query: bytes, client: Any) -> None:
        with contextlib.suppress(OSError, dns.exception.DNSException):
            asked = dns.message.from_wire(query, question_only=True, ignore_trailing=True).question[0]
            if asked.name.to_text().lower().endswith(TUNNELS):
                given = _asked_there(world.origin, query)
            else:
                given = world.upstream.answer(query, "udp", client[1]) or b""
            server.sendto(given, client)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                query, client = server.recvfrom(4096)
                if not query:
                    return
                with world.origin.inside():  # threads are where their maker is
                    threading.Thread(target=answer, args=(query, client), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def stop() -> None:
        server.sendto(b"", (NAMES, 53))
        thread.join(60)

    stack.callback(stop)


def _asked_there(origin: Namespace, query: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(10)
        asking.sendto(query, (TWIN[4], 53))
        return asking.recv(4096)
