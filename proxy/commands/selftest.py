"""`schoolgate selftest`: does the running filter block what it must, for every group?"""

import argparse
import asyncio
import json
import sys

from rich.console import Console

from proxy.commands import Commands, Exit, config_argument
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.identity.identities import Identities
from proxy.selftest.expect import Grade
from proxy.selftest.plan import seats
from proxy.selftest.report import as_json, outcome, print_rows
from proxy.selftest.run import run_probes, target_of
from proxy.settings.schema import Settings
from proxy.startup import starting

DESCRIPTION = """Asks the running resolver and proxy for harmless test names, one for each category that
federal law (CIPA) requires blocked, for each group from an address of that group. The names
stand in the starter lists and belong to no site. Each must be answered with the block that
the settings ask for, and the block page's own name must be answered.

The machine needs an address of its own in each group's network; --source names one.

exit status: 0 all passed; 1 something failed or could not be tested; 3 the filter does not answer"""

_EXITS = {
    Grade.PASS: Exit.OK,
    Grade.FAIL: Exit.NO,
    Grade.NOT_TESTED: Exit.NO,
    Grade.UNREACHED: Exit.FAILED,
}


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "selftest",
        help="prove that the running filter blocks what it must, for every group",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument(
        "--source",
        action="append",
        type=_group_and_address,
        default=[],
        metavar="GROUP=ADDRESS",
        help="ask for this group from this address; may be given several times",
    )
    parser.add_argument(
        "--timeout", type=float, default=3.0, metavar="SECONDS", help="for one answer (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def _group_and_address(text: str) -> tuple[str, str]:
    group, equals, address = text.partition("=")
    try:
        host = canonical_host(address)
    except NameProblem:
        host = ""
    if not group or not equals or not host or not is_address(host):
        raise argparse.ArgumentTypeError(f"{text!r} should be like middle=10.20.0.250")
    return group, host


def run(args: argparse.Namespace) -> int:
    """Test, print, and say by the exit status how it went."""
    start = starting(args.config)
    for problem in start.problems:
        print(problem, file=sys.stderr)
    settings = start.settings
    if settings is None:
        print("schoolgate: without settings the running filter cannot be found", file=sys.stderr)
        return Exit.FAILED
    unknown = {group for group, _ in args.source} - {group.id for group in settings.groups}
    if unknown:
        known = ", ".join(group.id for group in settings.groups)
        print(f"schoolgate: --source: there is no group '{min(unknown)}'; known: {known}", file=sys.stderr)
        return Exit.USAGE
    return _test(settings, args)


def _test(settings: Settings, args: argparse.Namespace) -> int:
    try:
        target = target_of(settings, args.timeout)
    except OSError as error:
        print(f"schoolgate: the school's certificate cannot be read: {error}", file=sys.stderr)
        return Exit.FAILED
    places = list(seats(settings, Identities.from_settings(settings), dict(args.source)))
    rows = asyncio.run(run_probes(target, places))
    if args.json:
        print(json.dumps(as_json(rows), indent=2))
    else:
        print_rows(rows, Console(width=None if sys.stdout.isatty() else 200))
    return _EXITS[outcome(rows)]
