"""`schoolgate dns`: run one resolver worker."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from dataclasses import replace

from proxy.commands import Commands, Exit, config_argument
from proxy.dns.errors import DnsProblem
from proxy.dns.from_settings import plan_from
from proxy.dns.resolver import Resolver
from proxy.dns.server import DnsServer
from proxy.gateway import Gateway
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms
from proxy.operator_log import log_to_stderr
from proxy.settings.schema import Settings
from proxy.startup import Start, starting
from proxy.supervisor.worker import administration, spool_of

DESCRIPTION = """Runs one resolver worker in the foreground; `schoolgate up` starts as many as settings say.
Workers share their addresses and ports. SIGTERM finishes what is under way and ends the worker.

While no policy has ever been published, clients get what `gateway.fail_mode` says: nothing, or the
essential names only. A newly published policy is taken up within a second; changed `dns.listen`
addresses need a restart."""

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "dns",
        help="run one resolver worker (started by `up`)",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument(
        "--worker", type=int, default=0, metavar="N", help="number of this worker, from 0 (default: 0)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    if args.worker < 0:
        print(f"schoolgate: --worker is a number from 0 on, not {args.worker}", file=sys.stderr)
        return Exit.USAGE
    log_to_stderr(f"dns-{args.worker}")
    start = starting(args.config)
    for problem in start.problems:
        print(problem, file=sys.stderr)
    if start.settings is None:
        print("schoolgate: no settings can be used, so nothing is served", file=sys.stderr)
        return Exit.FAILED
    try:
        asyncio.run(serve(start, start.settings, args.worker))
    except (OSError, DnsProblem, PseudonymKeyError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"schoolgate: the resolver cannot run: {reason}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


async def serve(start: Start, settings: Settings, worker: int) -> None:
    """Answer until SIGTERM or SIGINT.

    Raises OSError when an address cannot be listened on.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    spool = spool_of(start.state, settings, f"dns-{worker}")
    gateway = Gateway(
        start.state,
        spool=spool,
        pseudonyms=Pseudonyms.open_or_create(start.state / "keys"),
        fallback=settings,
    )
    gateway.start(loop)
    try:
        resolver = Resolver.from_settings(gateway, gateway.settings or settings)
        server = DnsServer(gateway, resolver, replace(resolver.plan, listen=plan_from(settings).listen))
        await server.start()
        log.info("answers on %s", ", ".join(map(str, server.endpoints)))
        endpoint = await administration(settings, worker, gateway)
        gc.collect()
        gc.freeze()  # what lives as long as the process need not be looked at again
        await stopping.wait()
        if endpoint is not None:
            endpoint.close()
        await server.stop()
    finally:
        gateway.close()
        spool.close()
