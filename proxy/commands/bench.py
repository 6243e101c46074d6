"""`schoolgate bench`: how fast is the filter beside other programs, on this machine?"""

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from proxy.bench.data import default_directory
from proxy.bench.errors import BenchProblem
from proxy.bench.report import json_lines, print_tables
from proxy.bench.results import OURS, Results
from proxy.bench.stage import Plan, stage, to_stderr
from proxy.commands import Commands, Exit

AREAS = {
    "dns": "answering names: hot, cold, at a steady rate; start and memory",
    "lists": "compiling a list, memory in force, swapping under load",
    "judge": "one decision, in process",
    "frontdoor": "TLS that is not inspected: new connections, long bodies, idle connections, latency",
    "inspect": "HTTP and inspected HTTPS: kept alive, new, long bodies; memory over many requests",
    "events": "recording an event, and reading them back",
    "bypass": "looking for ways around the filter: requests, answers, names, openings, messages",
    "approval": "from a decision to the answer of the last worker",
    "console": "pages of the console, with tens of thousands of cases",
}

DESCRIPTION = """Starts the programs that are installed beside the filter, each with the same list and the
same load in turn (A B C A B C), and compares CPU per operation. Everything stays on loopback and ends in
bounded time; nothing runs or stays on disk afterwards but the generated data (--data).

A figure counts only if the answers were right. Server and load tool have cores of their own. Compare figures
of one run only, and ratios rather than figures; docs/operators/benchmarks.md says how to read them."""

EPILOG = "\n".join(
    (
        "areas:",
        *(f"  {name:10} {what}" for name, what in AREAS.items()),
        "",
        "exit status: 0 measured; 1 the filter answered wrongly; 3 it could not be done",
    )
)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "bench",
        help="measure the filter beside other programs on this machine",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("area", choices=AREAS, help="what to measure")
    parser.add_argument(
        "--peers", default="", metavar="A,B", help="only these peers (default: all installed)"
    )
    parser.add_argument("--rounds", type=_whole(1, 1000), default=5, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=_seconds, default=5.0, metavar="S", help="length of one load (default: %(default)s)"
    )
    parser.add_argument(
        "--size", type=_whole(1000, 20_000_000), default=1_000_000, metavar="N",
        help="names in the list (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=Path, default=default_directory(), metavar="DIR",
        help="where generated lists and questions are kept (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="lines of JSON; the last has the ratios only")
    _special(parser)
    parser.set_defaults(run=run)


def _special(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--swaps", type=_whole(0, 10_000), default=1, metavar="N", help="lists: swaps under load (default: 1)"
    )
    parser.add_argument(
        "--settle", type=_whole(0, 600), default=60, metavar="S",
        help="lists: seconds after a swap at which memory is read again (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--idle", type=_whole(0, 20_000), default=5000, metavar="N",
        help="frontdoor: idle connections (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--requests", type=_whole(0, 10_000_000), default=0, metavar="N",
        help="inspect: also read memory before and after so many requests (default: not)",
    )  # fmt: skip
    parser.add_argument(
        "--bodies", type=_whole(0, 1_000_000), default=0, metavar="N",
        help="inspect: also read memory before and after so many bodies of 10 MB (default: not)",
    )  # fmt: skip
    parser.add_argument(
        "--cases", type=_whole(100, 1_000_000), default=50_000, metavar="N",
        help="console: cases in the database (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--events", type=_whole(1000, 10_000_000), default=1_000_000, metavar="N",
        help="console: events recorded a day, for two weeks (default: %(default)s)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Measure one area and show the figures."""
    plan = Plan(
        data=args.data.absolute(),
        size=args.size,
        peers=tuple(filter(None, args.peers.split(","))),
        rounds=args.rounds,
        seconds=args.seconds,
        swaps=args.swaps,
        settle_s=args.settle,
        idle=args.idle,
        requests=args.requests,
        bodies=args.bodies,
        cases=args.cases,
        events=args.events,
    )
    area = importlib.import_module(f"proxy.bench.areas.{args.area}")
    unknown = sorted(set(plan.peers) - set(area.PEER_NAMES))
    if unknown:
        known = ", ".join(area.PEER_NAMES)
        print(
            f"schoolgate: --peers: no peer of {args.area} is called {unknown[0]!r}; known: {known}",
            file=sys.stderr,
        )
        return Exit.USAGE
    try:
        with stage(args.area, plan, to_stderr) as place:
            area.measure(place)
            results = place.results
    except BenchProblem as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return Exit.FAILED
    _show(results, args)
    return Exit.NO if OURS in results.void else Exit.OK


def _show(results: Results, args: argparse.Namespace) -> None:
    if args.json:
        print("\n".join(json_lines(results, args.size)))
    else:
        print_tables(results, args.size, Console(width=None if sys.stdout.isatty() else 140))


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            value = int(text.replace("_", ""))
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} should be a whole number from {least} to {most}")
        return value

    return read


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.2 <= value <= 60:
        raise argparse.ArgumentTypeError(f"{text!r} should be seconds from 0.2 to 60")
    return value
