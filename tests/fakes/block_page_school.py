"""A small school with a real gateway, journal and block-page host, for tests that serve real pages."""

import asyncio
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import policies
from proxy.authority.authority import Authority
from proxy.bundle.load import LoadedBundle
from proxy.decision.policy import Policy
from proxy.decision.verdict import NO_EVIDENCE, Action, Handling, Reason, Verdict
from proxy.gateway import Gateway
from proxy.identity.identities import Identities
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.pages.front import Resolver
from proxy.pages.refusals import Refusals
from proxy.pages.server import BlockPageServer, start
from proxy.settings.schema import Settings
from proxy.tickets.keyring import Keyring

MORNING = policies.school_time("10:40").astimezone(UTC)

PLAIN: dict[str, Any] = {
    "gateway": {"name": "gw-1", "school_name": "Oak School"},
    "dns": {"listen": ["127.0.0.1:0"], "system": True},
    "zone": "America/Chicago",
    "block_page": {
        "host": "block.school.example",
        "addresses": ["192.0.2.1"],
        "listen_http": ["127.0.0.1:0"],
        "listen_https": ["127.0.0.1:0"],
        "portal": "https://ask.school.example/new",
    },
    "groups": [{"id": "pupils", "title": "Pupils", "profile": "middle", "minor": True}],
    "networks": [{"id": "lan", "addresses": ["127.0.0.0/9"], "group": "pupils", "inspect": True}],
    "strictest": "pupils",
}


def settings(**changed: Mapping[str, Any]) -> Settings:
    """The school's settings; each keyword changes fields of one part."""
    plain = {part: values | dict(changed.get(part, {})) if isinstance(values, dict) else values
             for part, values in PLAIN.items()}  # fmt: skip
    return Settings.model_validate(plain)


@dataclass
class School:
    """Everything that one gateway process holds, under one directory."""

    directory: Path
    settings: Settings = field(default_factory=settings)
    now: datetime = MORNING

    def __post_init__(self) -> None:
        self.pseudonyms = Pseudonyms.open_or_create(self.directory / "keys")
        self.keyring = Keyring.open_or_create(self.directory / "keys" / "tickets.json", self.now)
        self.authority = Authority.open_or_create(self.directory / "ca", "Oak School")
        self.spool = Spool(self.directory / "spool", worker="http-0", gateway="gw-1")
        self.gateway = Gateway(
            self.directory, spool=self.spool, pseudonyms=self.pseudonyms, clock=lambda: self.now,
            fallback=self.settings,
        )  # fmt: skip
        self.refusals = Refusals(self.gateway, self.keyring, self.pseudonyms.of)

    def adopt(self, policy: Policy) -> None:
        """Put a policy in force."""
        self.gateway.swap(LoadedBundle(policy, self.settings, Identities.from_settings(self.settings)))

    def events(self) -> list[Any]:
        """All events so far, oldest first; ends the recording."""
        self.spool.close()
        return list(Journal(self.directory / "spool").events())


@dataclass(frozen=True)
class FoundBehind:
    """What a look-up says: the verdict on whatever lies behind a name."""

    verdict: Verdict


class KnownAliases:
    """A resolver that knows which names lead to something blocked."""

    def __init__(self, blocked: Mapping[str, str]) -> None:
        self.blocked = blocked

    async def lookup(self, client: str, host: str) -> FoundBehind:
        """Say BLOCK for the names it knows, with the alias in the explanation."""
        alias = self.blocked.get(host)
        action = Action.BLOCK if alias else Action.ALLOW
        explanation = f"It leads to {alias}, which is blocked." if alias else "Nothing speaks against it."
        return FoundBehind(
            Verdict(
                action, Reason.CATEGORY if alias else Reason.DEFAULT, explanation, "test", NO_EVIDENCE,
                None, Handling.INSPECT, "", 7, 3,
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True)
class Served:
    """A running block-page host as its clients reach it."""

    school: School
    http_port: int
    https_port: int

    def get(
        self, host: str, target: str = "/", *, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Answer:
        """Ask over HTTP for a host whose name leads here; `_` in a header's name stands for `-`."""
        return self._ask(
            socket.create_connection(("127.0.0.1", self.http_port), 5), host, target, method, body, headers
        )

    def get_tls(
        self, host: str, target: str = "/", *, sni: str = "", method: str = "GET", **headers: str
    ) -> Answer:
        """Ask over HTTPS, trusting the school's authority alone."""
        context = ssl.create_default_context(cafile=self.school.authority.certificate_path)
        plain = socket.create_connection(("127.0.0.1", self.https_port), 5)
        return self._ask(
            context.wrap_socket(plain, server_hostname=sni or host), host, target, method, b"", headers
        )

    def raw(self, octets: bytes, port: int = 0) -> bytes:
        """Send octets as they are and return everything that comes back until the end."""
        with socket.create_connection(("127.0.0.1", port or self.http_port), 5) as plain:
            plain.sendall(octets)
            return read_all(plain)

    def _ask(
        self,
        connected: socket.socket,
        host: str,
        target: str,
        method: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        connection = http.client.HTTPConnection("unused.invalid", timeout=60)
        connection.sock = connected
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body or None, {"Host": host} | named)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


def read_all(plain: socket.socket) -> bytes:
    """Read until the other end closes."""
    found = b""
    while part := plain.recv(65536):
        found += part
    return found


@contextmanager
def served(school: School, resolver: Resolver | None = None) -> Iterator[Served]:
    """Run the block-page host of a school on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    server: BlockPageServer = do(
        start(school.settings, school.gateway, school.authority, school.refusals, resolver=resolver)
    )
    try:
        yield Served(school, server.http[0][1], server.https[0][1])
    finally:
        do(server.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()
