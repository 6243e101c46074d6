"""`schoolgate http`: run one proxy worker, with its share of the block-page host."""

import argparse
import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from addons.certificates import trust_file
from addons.chain import Neighbours
from addons.growth import outgrown
from addons.run import Proxy
from proxy.answered.read import Read
from proxy.answered.tables import PURPOSE, directory
from proxy.authority.authority import Authority
from proxy.authority.errors import AuthorityProblem
from proxy.commands import Commands, Exit, config_argument
from proxy.dns.errors import DnsProblem
from proxy.dns.resolver import Resolver
from proxy.event_loop import new_event_loop
from proxy.frontdoor.listening import inherited_listener, open_listener
from proxy.frontdoor.process import allow_descriptors
from proxy.gateway import Gateway
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms
from proxy.journal.spool import Spool
from proxy.operator_log import log_to_stderr
from proxy.pages import server as block_page_host
from proxy.pages.listening import CannotListen
from proxy.pages.refusals import Refusals
from proxy.pinned import CertificateRefusals, table_path
from proxy.settings.schema import Settings
from proxy.startup import Start, starting
from proxy.supervisor.parts import workers
from proxy.supervisor.succession import Voice
from proxy.supervisor.worker import administration, spool_of
from proxy.tickets.errors import KeyringProblem
from proxy.tickets.keyring import Keyring, keyring_path

DESCRIPTION = """Runs one worker of the inspecting proxy in the foreground, with its share of the block-page
host; `schoolgate up` starts as many as settings say. The explicit proxy has one address and port: `up` opens
the socket and hands it on (--listen-fd); a worker started by hand opens it itself, and several then share it.
Worker N serves redirected traffic on the N-th address of `proxy.transparent_listen`.

SIGTERM finishes what is under way, for a few seconds, and ends the worker. A newly published policy is
taken up within a second; changed addresses need a restart."""

GRACE_S = 5.0
LEAVING_GRACE_S = 60.0

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "http",
        help="run one proxy worker (started by `up`)",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument(
        "--worker", type=int, default=0, metavar="N", help="number of this worker, from 0 (default: 0)"
    )
    parser.add_argument(
        "--listen-fd",
        type=int,
        metavar="FD",
        help="file descriptor of the explicit proxy's listening socket, inherited from the supervisor",
    )
    parser.add_argument(
        "--also-trust",
        type=Path,
        action="append",
        default=[],
        metavar="PEM",
        help="further authorities for web sites, beside `proxy.upstream_ca` of the settings",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    if args.worker < 0:
        print(f"schoolgate: --worker is a number from 0 on, not {args.worker}", file=sys.stderr)
        return Exit.USAGE
    log_to_stderr(f"http-{args.worker}")
    start = starting(args.config)
    for problem in start.problems:
        print(problem, file=sys.stderr)
    if start.settings is None:
        print("schoolgate: no settings can be used, so nothing is served", file=sys.stderr)
        return Exit.FAILED
    try:
        allow_descriptors(start.settings.proxy.max_connections)
        main = serve(start, start.settings, args.worker, args.listen_fd, args.also_trust)
        asyncio.run(main, loop_factory=new_event_loop)
    except (
        OSError,
        AuthorityProblem,
        KeyringProblem,
        PseudonymKeyError,
        DnsProblem,
        CannotListen,
    ) as error:
        print(f"schoolgate: the proxy cannot run: {error}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of one worker, made and not yet serving."""

    gateway: Gateway
    resolver: Resolver
    authority: Authority
    pages: Refusals
    proxy: Proxy


async def serve(
    start: Start, settings: Settings, number: int, listen_fd: int | None, also_trust: Sequence[Path] = ()
) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises OSError when an address cannot be listened on or a file cannot be used, and the errors of
    the parts that keep keys.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stopping.set)
    spool = spool_of(start.state, settings, f"http-{number}")
    try:
        worker = _made(start, settings, number, spool, also_trust)
        worker.gateway.start(loop)
        try:
            await _serving(worker, settings, number, listen_fd, stopping)
        finally:
            worker.gateway.close()
    finally:
        spool.close()


async def _serving(
    worker: Worker, settings: Settings, number: int, listen_fd: int | None, stopping: asyncio.Event
) -> None:
    explicit, transparent = _listeners(settings, number, listen_fd)
    await worker.proxy.start(explicit, transparent)
    pages = await block_page_host.start(
        settings, worker.gateway, worker.authority, worker.pages, resolver=worker.resolver
    )
    place = workers(settings.gateway.workers_dns) + number
    endpoint = await administration(settings, place, worker.gateway)
    where = ", ".join(_shown(one) for one in (explicit, *transparent))
    log.info("serves on %s", where)
    gc.collect()
    gc.freeze()  # what lives as long as the process need not be looked at again
    voice = Voice.of()
    voice.serves()
    grace_s = GRACE_S
    if await _outgrown(worker.gateway, voice, stopping):
        grace_s = LEAVING_GRACE_S
        if endpoint is not None:
            endpoint.close()  # its port is the successor's
        voice.asks_for_successor()
        await stopping.wait()
    if endpoint is not None:
        endpoint.close()
    await pages.close()
    await worker.proxy.stop(grace_s)


async def _outgrown(gateway: Gateway, voice: Voice, stopping: asyncio.Event) -> bool:
    """Wait until the worker shall end (False), or has grown so large that it needs a successor (True)."""

    def bound_mb() -> int:
        return gateway.settings.proxy.recycle_over_mb if gateway.settings else 0

    growing, told = asyncio.ensure_future(outgrown(bound_mb)), asyncio.ensure_future(stopping.wait())
    await asyncio.wait({growing, told}, return_when=asyncio.FIRST_COMPLETED)
    if not told.done() and not voice.is_heard:
        log.warning("has grown past proxy.recycle_over_mb; no supervisor is there to start a fresh worker")
        await told
    growing.cancel()
    if told.done():
        return False
    told.cancel()
    log.info("has grown to %d MB of memory and hands over to a fresh worker", growing.result())
    return True


def _made(start: Start, settings: Settings, number: int, spool: Spool, also_trust: Sequence[Path]) -> Worker:
    state = start.state
    pseudonyms = Pseudonyms.open_or_create(state / "keys")
    gateway = Gateway(state, spool=spool, pseudonyms=pseudonyms, fallback=settings)
    gateway.poll()
    authority = Authority.open_or_create(state / "ca", settings.gateway.school_name)
    keyring = Keyring.open_or_create(keyring_path(state), datetime.now(UTC))
    pages = Refusals(gateway, keyring, pseudonyms.of)
    resolver = Resolver.from_settings(gateway, gateway.settings or settings)
    own = [settings.proxy.upstream_ca] if settings.proxy.upstream_ca is not None else []
    answered = Read(directory(state), pseudonyms.derived(PURPOSE))
    refused = CertificateRefusals(table_path(state, number))
    proxy = Proxy(
        Neighbours(gateway, resolver, pages, refused, answered=answered),
        authority=authority.path,
        trust=trust_file([*own, *also_trust], state / "run"),
    )
    return Worker(gateway, resolver, authority, pages, proxy)


def _listeners(
    settings: Settings, number: int, listen_fd: int | None
) -> tuple[socket.socket, tuple[socket.socket, ...]]:
    """The explicit proxy's socket, and this worker's own for redirected traffic if it has one."""
    if listen_fd is not None:
        explicit = inherited_listener(listen_fd)
    else:
        explicit = open_listener(settings.proxy.listen, share=True)
    own = settings.proxy.transparent_listen[number : number + 1]
    return explicit, tuple(open_listener(where, share=True) for where in own)


def _shown(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
