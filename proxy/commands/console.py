"""`schoolgate console`: where people ask for a page, and where requests are answered and recorded."""

import argparse
import getpass
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.commands import Commands, Exit, config_argument
from proxy.operator_log import log_to_stderr
from proxy.startup import starting

if TYPE_CHECKING:
    from proxy.console.site.config import ConsoleConfig

DESCRIPTION = """Runs the console in the foreground, as `console` in the settings says: people ask for a
blocked page there, reviewers answer, appeals are heard, and all of it is recorded. SIGTERM finishes
what is under way and ends it. `schoolgate up` runs it beside the filter, with `schoolgate timers`.

The filter does not need the console: when it or its database is gone, what is in force stays in force."""

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "console",
        help="run the console: requests, answers, appeals",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _common(parser, serve)
    what = parser.add_subparsers(metavar="WHAT", title="instead of running it")
    _common(what.add_parser("migrate", help="bring the database up to date, and end"), migrate)
    roster = what.add_parser("import-roster", help="take people, classes and duties over from their files")
    roster.add_argument(
        "--all-leavers", action="store_true", help="also when more than half of the people would lose access"
    )
    _common(roster, import_roster)
    administrator = what.add_parser(
        "create-administrator", help="make an account that administers, and print its link for a password"
    )
    administrator.add_argument("login", metavar="NAME", help="log-in name")
    administrator.add_argument("--given", default="", metavar="NAME", help="given name")
    administrator.add_argument("--family", default="", metavar="NAME", help="family name")
    administrator.add_argument("--email", default="", metavar="ADDRESS", help="e-mail address")
    _common(administrator, create_administrator)
    code = what.add_parser("demo-code", help="print the present code of somebody of the demo")
    code.add_argument("login", metavar="NAME", help="log-in name, as the demo prints it")
    _common(code, demo_code)


def _common(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    config_argument(parser)
    # Only `schoolgate demo` says so: it lets people in whose passwords everybody can read.
    parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def serve(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    log_to_stderr("console")
    config = configured(args.config, demo=args.demo)
    if config is None:
        return Exit.FAILED
    from proxy.console.site.database_ready import DatabaseProblem
    from proxy.console.site.prepared import DemoPeopleRefused, prepare
    from proxy.console.site.serving import ServingProblem
    from proxy.console.site.serving import serve as serve_it

    ready = True
    try:
        prepare(config)
    except DatabaseProblem as problem:
        log.error("%s; until that is mended, every page says so", problem)
        ready = False
    except DemoPeopleRefused as refusal:
        print(f"schoolgate: {refusal}", file=sys.stderr)
        return Exit.FAILED
    try:
        serve_it(config, ready=ready, announce=partial(_announce, config))
    except ServingProblem as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK


def _announce(config: "ConsoleConfig") -> None:
    log.info("answers on %s, for people at %s", config.console.listen, config.url)
    if config.demo:
        from proxy.console.site.demo_banner import log_ins

        print("\n".join(log_ins(config)), flush=True)


def migrate(args: argparse.Namespace) -> int:
    """Bring the database up to date."""
    log_to_stderr("console")
    if prepared(args) is None:
        return Exit.FAILED
    print("the database is up to date")
    return Exit.OK


def import_roster(args: argparse.Namespace) -> int:
    """Take people, classes and duties over; exit status 1 when some row could not be used."""
    config = prepared(args)
    if config is None:
        return Exit.FAILED
    from proxy.console.audit import actors
    from proxy.console.people.roster import import_roster as take_over
    from proxy.console.site import clock

    imported = take_over(
        config, clock.now(), actor=actors.account(getpass.getuser()), all_leavers=args.all_leavers
    )
    for problem in imported.problems:
        print(problem, file=sys.stderr)
    print(imported)
    return Exit.NO if imported.problems else Exit.OK


def create_administrator(args: argparse.Namespace) -> int:
    """Make an account that administers; exit status 1 when that cannot be."""
    config = prepared(args)
    if config is None:
        return Exit.FAILED
    from proxy.console.audit import actors
    from proxy.console.people.accounts import AccountProblem
    from proxy.console.people.administrators import make_administrator
    from proxy.console.site import clock

    try:
        link = make_administrator(
            args.login,
            args.given,
            args.family,
            args.email,
            actor=actors.account(getpass.getuser()),
            at=clock.now(),
        )
    except AccountProblem as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return Exit.NO
    print("Choose a password there, once, from one of `console.admin_networks`:", link, sep="\n")
    return Exit.OK


def demo_code(args: argparse.Namespace) -> int:
    """Print the present code of somebody of the demo."""
    if configured(args.config, demo=True) is None:
        return Exit.FAILED
    from proxy.console.people.demo import NotOfTheDemo
    from proxy.console.people.demo import demo_code as code_of
    from proxy.console.site import clock

    try:
        print(code_of(args.login, clock.now()))
    except NotOfTheDemo as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return Exit.NO
    return Exit.OK


def prepared(args: argparse.Namespace) -> "ConsoleConfig | None":
    """Set the console up with its database ready; None, with the reason told, when that cannot be."""
    config = configured(args.config, demo=args.demo)
    if config is None:
        return None
    from proxy.console.site.database_ready import DatabaseProblem
    from proxy.console.site.prepared import DemoPeopleRefused, prepare

    try:
        prepare(config)
    except (DatabaseProblem, DemoPeopleRefused) as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return None
    return config


def configured(directory: Path, *, demo: bool = False) -> "ConsoleConfig | None":
    """Make this process one of the console's; None, with the reason told, when that cannot be."""
    start = starting(directory)
    for line in start.problems:
        print(line, file=sys.stderr)
    if start.settings is None:
        print("schoolgate: these settings cannot be used", file=sys.stderr)
        return None
    if start.settings.console is None:
        print(
            f"schoolgate: the settings in {directory} have no `console`: no console is run", file=sys.stderr
        )
        return None
    from proxy.console.site.config import ConsoleConfig
    from proxy.console.site.secret import SecretProblem
    from proxy.console.site.setup import set_up

    config = ConsoleConfig(start.settings, start.state, directory.resolve(), demo)
    try:
        set_up(config)
    except SecretProblem as problem:
        print(f"schoolgate: {problem}", file=sys.stderr)
        return None
    return config
