"""`schoolgate dns`: run the resolver workers, or one of them."""

import argparse
import asyncio
import logging
import signal
import sys
from dataclasses import replace
from pathlib import Path

from proxy.answered.tables import PURPOSE, directory
from proxy.answered.written import leave_unwritten, written
from proxy.commands import Commands, Exit, config_argument
from proxy.dns.errors import DnsProblem
from proxy.dns.from_settings import plan_from
from proxy.dns.odd_questions import PURPOSE as OF_ODD
from proxy.dns.odd_questions import OddQuestions
from proxy.dns.resolver import Resolver
from proxy.dns.server import DnsServer
from proxy.dns.telling import Telling
from proxy.event_loop import new_event_loop
from proxy.gateway import Gateway
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms
from proxy.operator_log import log_to_stderr
from proxy.settings.schema import Settings
from proxy.startup import Start, starting
from proxy.supervisor.collecting import settle
from proxy.supervisor.group import Group
from proxy.supervisor.parts import PYTHON, workers
from proxy.supervisor.worker import administration, spool_of

DESCRIPTION = """Runs the resolver in the foreground: as many workers as `gateway.workers_dns` says, forked
from one process and started again when they die. SIGHUP publishes the settings and lists anew; SIGTERM
finishes what is under way and ends them all. `schoolgate up` runs each worker by itself, with --worker.

While no policy has ever been published, clients get what `gateway.fail_mode` says: nothing, or the
essential names only. A newly published policy is taken up within a second; changed `dns.listen`
addresses need a restart."""

SWITCH_S = 0.0005

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "dns",
        help="run the resolver alone",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--worker", type=int, metavar="N", help="run the one worker of this number, from 0, in this process"
    )
    which.add_argument(
        "--workers", type=int, metavar="N", help="run so many workers, whatever the settings say"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    for option, least in (("worker", 0), ("workers", 1)):
        number = getattr(args, option)
        if number is not None and number < least:
            print(f"schoolgate: --{option} is a number from {least} on, not {number}", file=sys.stderr)
            return Exit.USAGE
    log_to_stderr("dns" if args.worker is None else f"dns-{args.worker}")
    start = starting(args.config)
    for problem in start.problems:
        print(problem, file=sys.stderr)
    settings = start.settings
    if settings is None:
        print("schoolgate: no settings can be used, so nothing is served", file=sys.stderr)
        return Exit.FAILED
    if args.worker is not None:
        return work(start, settings, args.worker)
    count = args.workers or workers(settings.gateway.workers_dns)
    publish = (*PYTHON, "publish", "--config", str(args.config))
    return Group("dns", count, lambda number: work(start, settings, number, count), publish).run()


def work(start: Start, settings: Settings, worker: int, count: int | None = None) -> int:
    """Be one worker until told to stop, and return the exit status."""
    log_to_stderr(f"dns-{worker}")
    sys.setswitchinterval(SWITCH_S)
    try:
        asyncio.run(serve(start, settings, worker, count), loop_factory=new_event_loop)
    except (OSError, DnsProblem, PseudonymKeyError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"schoolgate: the resolver cannot run: {reason}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


def odd_questions(state: Path, worker: int, key: bytes, workers: int | None = None) -> OddQuestions | None:
    """Where workers tell each other of odd questions; None, and each goes by its own, when there is none."""
    try:
        return OddQuestions(state / "run", worker, key, workers)
    except OSError as error:
        log.error("workers cannot share what they were asked: %s; a tunnel is found later", error.strerror)
        return None


def telling_of(state: Path, settings: Settings, worker: int, key: bytes) -> Telling | None:
    """What tells the proxy what is answered; None where no redirected traffic is taken: nobody would ask,
    and who was told what is then written nowhere."""
    where, name = directory(state), f"dns-{worker}"
    if not settings.proxy.transparent_listen:
        leave_unwritten(where, name)
        return None
    table = written(where, name, key)
    return None if table is None else Telling(table)


async def serve(start: Start, settings: Settings, worker: int, count: int | None = None) -> None:
    """Answer until SIGTERM or SIGINT.

    Raises OSError when an address cannot be listened on.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    spool = spool_of(start.state, settings, f"dns-{worker}")
    pseudonyms = Pseudonyms.open_or_create(start.state / "keys")
    gateway = Gateway(
        start.state,
        spool=spool,
        pseudonyms=pseudonyms,
        fallback=settings,
    )
    gateway.start(loop)
    try:
        resolver = Resolver.from_settings(gateway, gateway.settings or settings)
        plan = replace(resolver.plan, listen=plan_from(settings).listen)
        telling = telling_of(start.state, settings, worker, pseudonyms.derived(PURPOSE))
        odd = odd_questions(start.state, worker, pseudonyms.derived(OF_ODD), count)
        server = DnsServer(gateway, resolver, plan, odd, telling)
        await server.start()
        log.info("answers on %s", ", ".join(map(str, server.endpoints)))
        endpoint = await administration(settings, worker, gateway)
        settle()
        await stopping.wait()
        if endpoint is not None:
            endpoint.close()
        await server.stop()
    finally:
        gateway.close()
        spool.close()
