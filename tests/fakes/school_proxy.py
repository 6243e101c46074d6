"""A whole proxy worker in this process: real gateway, resolver, journal and mitmproxy on loopback."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
import httpx
from httpcore._backends.sync import SyncBackend

import policies
from addons.chain import Neighbours
from addons.run import Proxy
from proxy.answered.read import Read
from proxy.authority.authority import Authority
from proxy.bundle.load import LoadedBundle
from proxy.decision.policy import LogLevel, PassEntry, Scope
from proxy.dns.resolver import Resolver
from proxy.event_loop import new_event_loop
from proxy.frontdoor.listening import open_listener
from proxy.gateway import Clock, Gateway, utc_now
from proxy.identity.identities import Identities
from proxy.journal.event import Event
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.pages.refusals import Refusals
from proxy.pinned import CertificateRefusals, table_path
from proxy.settings.fields import Endpoint
from proxy.settings.schema import Settings
from proxy.tickets.keyring import Keyring, keyring_path

PUPIL, TEACHER, BYOD, STRANGER = "127.0.0.2", "127.0.0.4", "127.0.0.6", "127.0.0.9"
LISTED = {
    "games.test": ["games"],
    "floor.test": ["pornography"],
    "mixed.test/games": ["games"],
    "blockedcdn.test": ["games"],
}


def settings_of(state: Path, **proxy: Any) -> Settings:
    """Settings for three networks of one client each; everything below .test is a local zone."""
    records = proxy.pop("records", {})
    return Settings.model_validate(
        {
            "zone": "America/Chicago",
            "strictest": "pupils",
            "gateway": {"state": str(state), "school_name": "Oak School"},
            "groups": [{"id": "pupils", "profile": "middle"}, {"id": "staff", "profile": "staff"}],
            "networks": [
                {
                    "id": "lab",
                    "addresses": f"{PUPIL}/32",
                    "group": "pupils",
                    "inspect": True,
                },
                {"id": "office", "addresses": f"{TEACHER}/32", "group": "staff", "inspect": True},
                {"id": "byod", "addresses": f"{BYOD}/32", "group": "pupils", "inspect": False},
            ],
            "dns": {
                "listen": "127.0.0.1:1",
                "upstreams": [{"address": "127.0.0.1", "port": 1}],
                "timeout_ms": 500,
                "local_zones": proxy.pop("local_zones", ["test"]),
                "local_records": [
                    {"name": name, "type": kind, "value": value} for (name, kind), value in records.items()
                ],
            },
            "block_page": {
                "listen_http": f"127.0.0.1:{proxy.pop('page_port', 1)}",
                "listen_https": "127.0.0.1:2",
            },
            "proxy": proxy,
        }
    )


def records_for(*names: str, address: str = "127.0.0.1") -> dict[tuple[str, str], str]:
    return {(name, "A"): address for name in names}


class From(SyncBackend):
    """Connects from one of the loopback addresses."""

    def __init__(self, who: str) -> None:
        self._who = who

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        return super().connect_tcp(host, port, timeout, self._who, socket_options)


class OnlyHttp2(ssl.SSLContext):
    """A TLS context whose client offers nothing but HTTP/2."""

    def set_alpn_protocols(self, alpn_protocols):
        super().set_alpn_protocols(["h2"])


@dataclass
class School:
    """A running proxy worker and what a test asks of it."""

    port: int
    transparent_port: int
    authority: Path
    gateway: Gateway
    proxy: Proxy
    spool: Spool
    spool_directory: Path
    state: Path
    loop: asyncio.AbstractEventLoop
    going_to: list[tuple[str, int]]

    def client(self, who: str = PUPIL, **more: Any) -> httpx.Client:
        """An HTTP client of the explicit proxy that trusts the school's CA.

        httpx and httpcore do not bind connections to a proxy, so pool and backend are made here.
        """
        http2 = more.pop("http2", False)
        kind = OnlyHttp2 if http2 else ssl.SSLContext
        context = kind(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        transport = httpx.HTTPTransport()
        transport._pool = httpcore.HTTPProxy(
            more.pop("proxy", f"http://127.0.0.1:{self.port}"),
            proxy_auth=more.pop("auth", None),
            ssl_context=context,
            network_backend=From(who),
            http2=http2,
        )
        return httpx.Client(transport=transport, timeout=60, **more)

    def connect(self, who: str = PUPIL, port: int | None = None) -> socket.socket:
        """A raw connection to the explicit proxy, or to another of its ports."""
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=60, source_address=(who, 0))

    def tunnel(self, target: str, who: str = PUPIL) -> tuple[socket.socket, bytes]:
        """A raw connection after CONNECT, and the head of the answer."""
        connection = self.connect(who)
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        return connection, read_head(connection)

    def tls(self, raw: socket.socket, sni: str | None, **more: Any) -> ssl.SSLSocket:
        """TLS over a raw connection, trusting the school's CA unless told otherwise."""
        context = more.pop("context", None) or ssl.create_default_context(cafile=str(self.authority))
        if sni is None:
            context.check_hostname = False
        return context.wrap_socket(raw, server_hostname=sni)

    def events(self) -> list[Event]:
        """All events so far, oldest first."""
        self.spool.flush()
        return list(Journal(self.spool_directory).events())

    def events_when(self, enough: Callable[[list[Event]], bool]) -> list[Event]:
        """All events as soon as they are enough; fails after ten seconds."""
        deadline = time.monotonic() + 60
        while not enough(events := self.events()):
            assert time.monotonic() < deadline, f"still not enough: {events}"
            time.sleep(0.02)
        return events

    def wait_until_idle(self) -> None:
        """Wait until the worker has no client connection; fails after ten seconds."""
        deadline = time.monotonic() + 60
        while len(self.proxy.door.sessions):
            assert time.monotonic() < deadline, "clients are still connected"
            time.sleep(0.02)

    def on_loop(self, function, *arguments):
        """Call a function on the proxy's event loop and return what it gives."""

        async def call():
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(60)


def read_head(connection: socket.socket) -> bytes:
    """Read up to the empty line that ends an HTTP head; what there is when the peer closes."""
    data = b""
    while b"\r\n\r\n" not in data:
        got = connection.recv(4096)
        if not got:
            break
        data += got
    return data


def read_all(connection: socket.socket) -> bytes:
    """Read until the peer closes or resets."""
    data = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while got := connection.recv(65536):
            data += got
    return data


@contextlib.contextmanager
def school(
    state: Path,
    *,
    records: Mapping[tuple[str, str], str],
    listed: Mapping[str, list[str]] = LISTED,
    scopes: tuple[Scope, ...] = (),
    passes: tuple[str, ...] = (),
    trust: Path | None = None,
    detectors: tuple[object, ...] = (),
    policy: Mapping[str, Any] | None = None,
    clock: Clock = utc_now,
    answered: Read | None = None,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop,
    **proxy: Any,
) -> Iterator[School]:
    """Run a worker until the block ends, on the event loop that the product runs on."""
    settings = settings_of(state, records=records, **proxy)
    entries = tuple(PassEntry(name, "passes", number) for number, name in enumerate(passes, 1))
    pupils = replace(policies.PUPILS, pass_lists=("passes",))
    staff = replace(policies.STAFF, pass_lists=("passes",), log=LogLevel.FULL)
    chosen = {scope.id: scope for scope in (pupils, staff, *scopes)}
    written = policies.policy(listed, *chosen.values(), pass_lists={"passes": entries}, **(policy or {}))
    spool_directory = state / "spool"
    pseudonyms = Pseudonyms.open_or_create(state / "keys")
    spool = Spool(spool_directory, worker="http-0", gateway="gateway", sync_ms=20)
    gateway = Gateway(state, spool=spool, pseudonyms=pseudonyms, clock=clock)
    gateway.swap(LoadedBundle(written, settings, Identities.from_settings(settings)))
    authority = Authority.open_or_create(state / "ca", "Oak School")
    keyring = Keyring.open_or_create(keyring_path(state), datetime.now(UTC))
    going_to: list[tuple[str, int]] = []
    started, stop = threading.Event(), asyncio.Event()
    made: list[Any] = []

    def original(_: socket.socket) -> tuple[str, int]:
        if not going_to:
            raise OSError("not redirected")
        return going_to[-1]

    async def work() -> None:
        worker = Proxy(
            Neighbours(
                gateway,
                Resolver.from_settings(gateway, settings),
                Refusals(gateway, keyring, pseudonyms.of),
                CertificateRefusals(table_path(state, 0)),
                detectors,
                clock,
                answered,
            ),
            authority=authority.path,
            trust=trust,
            original=original,
        )
        explicit = open_listener(Endpoint("127.0.0.1", 0))
        transparent = open_listener(Endpoint("127.0.0.1", 0))
        await worker.start(explicit, (transparent,))
        made.extend((worker, explicit.getsockname()[1], transparent.getsockname()[1]))
        made.append(asyncio.get_running_loop())
        started.set()
        await stop.wait()
        await worker.stop(grace_s=0.2)

    thread = threading.Thread(target=lambda: asyncio.run(work(), loop_factory=loop_factory), daemon=True)
    thread.start()
    assert started.wait(60), "the proxy did not start"
    worker, port, transparent_port, loop = made
    try:
        yield School(
            port, transparent_port, authority.directory / "schoolgate-ca-cert.pem", gateway, worker, spool,
            spool_directory, state, loop, going_to,
        )  # fmt: skip
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        spool.close()
