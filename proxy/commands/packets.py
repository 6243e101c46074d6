"""`schoolgate packets`: which rules has the packet filter, and what does it refuse?"""

import argparse
import asyncio
import logging
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from proxy.commands import Commands, Exit, config_argument
from proxy.event_loop import new_event_loop
from proxy.gateway import Gateway
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms
from proxy.operator_log import log_to_stderr
from proxy.packets.listening import NflogListener
from proxy.packets.ruleset import ruleset
from proxy.packets.watching import Watch
from proxy.settings.schema import Settings
from proxy.settings.schema.packets import PacketSettings
from proxy.startup import Start, starting
from proxy.supervisor.parts import workers
from proxy.supervisor.worker import administration, spool_of

DESCRIPTION = """The packet filter (nftables) of a gateway, by `packets` in the settings.

  schoolgate packets rules            print the rules
  schoolgate packets rules --check    let nft look through them too; loads nothing
  schoolgate packets rules --load     put them in force, all or none (as root)
  schoolgate packets watch            record what they refuse (needs CAP_NET_ADMIN; `up` starts it)

Exit status: 0 done, 1 nft finds the rules wrong, 2 wrong usage, 3 it could not be done."""
PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
NO_RIGHT = """refused packets are in no event: the kernel tells of them only with the capability CAP_NET_ADMIN
(AmbientCapabilities= in the unit); they are refused all the same"""
TIMEOUT_S = 30.0

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "packets",
        help="print, check or load the packet filter's rules; record what it refuses",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    rules = kinds.add_parser("rules", help="print the rules, check or load them")
    config_argument(rules)
    how = rules.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="print them, and let nft look through them")
    how.add_argument("--load", action="store_true", help="put them in force")
    rules.set_defaults(run=run_rules)
    watch = kinds.add_parser("watch", help="record what the packet filter refuses")
    config_argument(watch)
    watch.add_argument("--stay", action="store_true", help="wait, and do nothing, where the right is missing")
    watch.set_defaults(run=run_watch)


def run_rules(args: argparse.Namespace) -> int:
    """Print the rules, and check or load them."""
    found = _with_packets(args.config)
    if found is None:
        return Exit.FAILED
    rules = ruleset(found[1])
    if not args.load:
        print(rules, end="")
    if not (args.check or args.load):
        return Exit.OK
    return _nft(rules, *(() if args.load else ("--check",)))


def _nft(rules: str, *options: str) -> int:
    program = shutil.which("nft", path=PATH)
    if program is None:
        print("schoolgate: the program nft is missing, so nothing was checked or loaded", file=sys.stderr)
        return Exit.FAILED
    command = (program, *options, "--file", "-")
    done = subprocess.run(  # noqa: S603  (our own rules, to a program of the system's)
        command, input=rules, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode:
        print(done.stderr.strip(), file=sys.stderr)
        denied = "Operation not permitted" in done.stderr
        said = "nft needs to be run as root" if denied else "nft refuses these rules; nothing was loaded"
        print(f"schoolgate: {said}", file=sys.stderr)
        return Exit.FAILED if denied else Exit.NO
    print(
        "schoolgate: nft takes these rules" if options else "schoolgate: the rules are in force",
        file=sys.stderr,
    )
    return Exit.OK


def run_watch(args: argparse.Namespace) -> int:
    """Record until told to stop."""
    log_to_stderr("packets")
    found = _with_packets(args.config)
    if found is None:
        return Exit.FAILED
    start, settings, packets = found
    try:
        asyncio.run(watching(start, settings, packets, stay=args.stay), loop_factory=new_event_loop)
    except PermissionError:
        print(f"schoolgate: {NO_RIGHT}", file=sys.stderr)
        return Exit.FAILED
    except (OSError, PseudonymKeyError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"schoolgate: refused packets cannot be recorded: {reason}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


async def watching(start: Start, settings: Settings, packets: PacketSettings, *, stay: bool) -> None:
    """Record until SIGTERM or SIGINT.

    stay   wait for these, too, where the kernel does not let us listen

    Raises OSError when the kernel refuses.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        listener = NflogListener(packets.log_group, packets.log_octets)
    except PermissionError:
        if not stay:
            raise
        log.warning("%s", " ".join(NO_RIGHT.split()))
        await stopping.wait()
        return
    with listener:
        spool = spool_of(start.state, settings, "packets")
        pseudonyms = Pseudonyms.open_or_create(start.state / "keys")
        gateway = Gateway(start.state, spool=spool, pseudonyms=pseudonyms, fallback=settings)
        try:
            gateway.start(loop)
            listener.watch(loop, Watch(gateway, time.monotonic).take)
            log.info("records what the packet filter refuses (log group %d)", packets.log_group)
            place = workers(settings.gateway.workers_dns) + workers(settings.gateway.workers_http)
            endpoint = await administration(settings, place, gateway)
            await stopping.wait()
            loop.remove_reader(listener.fileno())
            if endpoint is not None:
                endpoint.close()
        finally:
            gateway.close()
            spool.close()


def _with_packets(config: Path) -> tuple[Start, Settings, PacketSettings] | None:
    start = starting(config)
    for problem in start.problems:
        print(problem, file=sys.stderr)
    if start.settings is None:
        print("schoolgate: no settings can be used for the packet filter", file=sys.stderr)
        return None
    if start.settings.packets is None:
        print("schoolgate: the settings have no part `packets` (docs/operators/packets.md)", file=sys.stderr)
        return None
    return start, start.settings, start.settings.packets
