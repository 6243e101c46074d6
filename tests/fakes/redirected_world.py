"""A school behind a gateway that redirects: devices, the filter, and a small Internet, each a namespace.

The redirection is the example of docs/operators/proxy.md, to the letter.
"""

import contextlib
import http.client
import json
import re
import socket
import ssl
import textwrap
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.message
import dns.query

from fake_origins import Origin, TestAuthority, http_origin, raw_origin
from fake_upstream import FakeUpstream
from namespaces import Namespace, namespaces, run
from redirected_places import (
    ALLOWED,
    BLOCKED,
    CLOSED,
    ELSEWHERE,
    FAMILIES,
    LAN,
    LEADING_ASTRAY,
    METADATA,
    NAMES,
    NOT_REDIRECTED,
    SITE,
    TWICE,
    TWIN,
    WAN,
    lay_cables,
)
from running_filter import PROJECT, RunningFilter


def documented_rules() -> str:
    """The packet filter rules that the operator's guide shows."""
    text = (PROJECT / "docs" / "operators" / "proxy.md").read_text()
    found = re.search(r"(?m)^    table inet schoolgate \{\n(?:    .*\n|\n)*?    \}\n", text)
    assert found is not None, "docs/operators/proxy.md shows no rules"
    return textwrap.dedent(found[0])


@dataclass
class World:
    """Everything that runs, and what a test asks of it.

    site         HTTP server of the allowed and the blocked name, by family; `site_tls` its TLS side
    twin         the second server of the name that has two
    elsewhere    servers that no name leads to, by port: they keep every byte and echo it
    gateway_own  servers on the gateway's own addresses that no client may reach through the proxy
    """

    device: Namespace
    gateway: Namespace
    origin: Namespace
    authority: TestAuthority
    filter: RunningFilter
    upstream: FakeUpstream = field(default_factory=FakeUpstream)
    site: dict[int, Origin] = field(default_factory=dict)
    site_tls: dict[int, Origin] = field(default_factory=dict)
    twin: dict[int, Origin] = field(default_factory=dict)
    elsewhere: dict[int, list[Origin]] = field(default_factory=dict)
    gateway_own: list[Origin] = field(default_factory=list)

    def connect(self, address: str, port: int, source: str) -> socket.socket:
        """A connection from one of the device's addresses."""
        with self.device.inside():
            return socket.create_connection((address, port), timeout=60, source_address=(source, 0))

    def secure(self, address: str, source: str, name: str, trust: Path | None = None) -> ssl.SSLSocket:
        """TLS from one of the device's addresses, trusting the school's certificate or another one."""
        context = ssl.create_default_context(cafile=str(trust or self.filter.ca))
        return context.wrap_socket(self.connect(address, 443, source), server_hostname=name)

    def handshake_refused(self, address: str, source: str, name: str | None) -> bool:
        """Whether a client that believes every certificate is told `access_denied`, and nothing else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with self.connect(address, 443, source) as plain:
            try:
                context.wrap_socket(plain, server_hostname=name).close()
            except ssl.SSLError as error:
                return error.reason is not None and "ACCESS_DENIED" in error.reason
        return False

    def dig(self, name: str, kind: str, source: str) -> dns.message.Message:
        """Ask the gateway's resolver as a device does."""
        server = LAN[6 if ":" in source else 4]
        with self.device.inside():
            return dns.query.udp(dns.message.make_query(name, kind, use_edns=0), server, 10, source=source)

    def events(self, path: str) -> list[dict[str, Any]]:
        """The recorded attempts at a path of the allowed name."""
        lines = self.filter.schoolgate("events", "--since", "1h", "--host", ALLOWED, "--json").stdout
        return [event for event in map(json.loads, lines.splitlines()) if event["url"].endswith(path)]

    def requests_served(self, worker: int) -> float:
        """HTTP requests that a proxy worker has counted."""
        port = self.filter.admin + 1 + self.filter.workers + worker
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with self.gateway.inside(), opener.open(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        mine = [line for line in lines if re.match(r'schoolgate_queries_total\{.*stage="http"', line)]
        return sum(float(line.rpartition(" ")[2]) for line in mine)

    def strays(self) -> list[tuple[int, int]]:
        """Connections and bytes that reached each of the servers which nothing may reach."""
        closed = [*self.gateway_own, *self.elsewhere[80], *self.elsewhere[443]]
        return [(one.connections, len(one.octets)) for one in closed]


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    headers: dict[str, str]
    text: str


def get(connection: socket.socket, host: str, path: str = "/") -> Answer:
    """Ask for a page on a connection and close it."""
    asking = http.client.HTTPConnection("unused.invalid", timeout=60)
    asking.sock = connection
    with contextlib.closing(asking):
        asking.request("GET", path, headers={"Host": host, "Accept": "text/html"})
        answer = asking.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())


def signer(connection: ssl.SSLSocket) -> str:
    """Common name of whoever signed the certificate that a client was shown."""
    issuer: Any = connection.getpeercert() or {}
    return next(value for part in issuer["issuer"] for key, value in part if key == "commonName")


@contextlib.contextmanager
def redirected_world(directory: Path) -> Iterator[World]:
    """Build and start everything, and take it down again."""
    with namespaces("dev", "gw", "net") as (device, gateway, origin), contextlib.ExitStack() as stack:
        lay_cables(device, gateway, origin)
        gateway.nft(documented_rules())
        authority = TestAuthority(directory)
        running = _filter(directory / "filter", gateway, authority)
        world = World(device, gateway, origin, authority, running)
        _serve_names(world, stack)
        _serve_sites(world, stack)
        stack.enter_context(running)
        yield world


def _filter(directory: Path, gateway: Namespace, authority: TestAuthority) -> RunningFilter:
    directory.mkdir()
    games = directory / "games.txt"
    games.write_text(f"{BLOCKED}\n")

    def machine(settings: dict[str, Any]) -> None:
        settings["dns"].update(
            listen=[f"{LAN[4]}:53", f"[{LAN[6]}]:53"],
            upstreams=[{"address": NAMES, "port": 53}],
            local_zones=[],
            local_records=[],
        )
        settings["proxy"].update(
            listen=f"{LAN[4]}:8080",
            transparent_listen=["[::]:8081", "[::]:8082"],
            connect_ports=[443],
            private_destinations=[],
            upstream_ca=str(authority.path),
        )
        settings["block_page"].update(
            addresses=list(LAN.values()),
            listen_http=[f"{LAN[4]}:80", f"[{LAN[6]}]:80"],
            listen_https=[f"{LAN[4]}:443", f"[{LAN[6]}]:443"],
        )
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

    wrapper = (run("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin command -v ip").strip(), "netns", "exec",
               gateway.name)  # fmt: skip
    return RunningFilter(directory, machine, people, command="up", wrapper=wrapper, workers=2)


def _serve_names(world: World, stack: contextlib.ExitStack) -> None:
    upstream = world.upstream
    known = {ALLOWED: [SITE], BLOCKED: [SITE], TWICE: [SITE, TWIN]}
    known |= {name: [addresses] for name, addresses in LEADING_ASTRAY.items()}
    for name, places in known.items():
        for addresses in places:
            upstream.add(f"{name}. 60 IN A {addresses[4]}")
            upstream.add(f"{name}. 60 IN AAAA {addresses[6]}")
    with world.origin.inside():
        server = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        server.bind((NAMES, 53))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                query, client = server.recvfrom(4096)
                if not query:
                    return
                server.sendto(upstream.answer(query, "udp", client[1]) or b"", client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def stop() -> None:
        server.sendto(b"", (NAMES, 53))
        thread.join(60)

    stack.callback(stop)


def _serve_sites(world: World, stack: contextlib.ExitStack) -> None:
    context = world.authority.context(ALLOWED, TWICE, BLOCKED, *LEADING_ASTRAY)
    with world.origin.inside():
        for family in FAMILIES:
            here = SITE[family]
            world.site[family] = stack.enter_context(http_origin(host=here, port=80))
            world.site_tls[family] = stack.enter_context(http_origin(host=here, port=443, tls=context))
            world.twin[family] = stack.enter_context(http_origin(host=TWIN[family], port=80))
        for port in (80, 443, NOT_REDIRECTED):
            places = (*ELSEWHERE.values(), METADATA, *CLOSED.values())
            world.elsewhere[port] = [stack.enter_context(raw_origin(host=one, port=port)) for one in places]
    with world.gateway.inside():
        own = [("127.0.0.1", 80), ("127.0.0.1", 443), ("::1", 80), ("::1", 443)]
        own += [(one, port) for one in WAN.values() for port in (80, 443)]
        world.gateway_own += [stack.enter_context(raw_origin(host=one, port=port)) for one, port in own]
