"""`schoolgate up`: start the whole filter and keep it running."""

import argparse
import asyncio
import sys
from pathlib import Path

from proxy.commands import Commands, Exit, config_argument
from proxy.operator_log import log_to_stderr
from proxy.settings.schema import Settings
from proxy.startup import Start, starting
from proxy.supervisor.filter import NOTHING, Beside, Filter

DESCRIPTION = """Starts the resolver and proxy workers, publishes the settings, and starts again whatever
dies. SIGHUP publishes the settings and lists anew. Ctrl-C or SIGTERM stops all of it.

When the settings have problems they are all printed, and the last good policy is used; when
there never was a good one, nothing is started."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "up",
        help="start the whole filter",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    start = starting(args.config)
    if not tell(start):
        return Exit.FAILED
    assert start.settings is not None
    return keep_up(start, start.settings, args.config)


def tell(start: Start) -> bool:
    """Print what is wrong with the settings; say whether there is something to start with."""
    for problem in start.problems:
        print(problem, file=sys.stderr)
    if start.settings is None:
        print(
            "schoolgate: these settings cannot be used, and no good ones were ever published", file=sys.stderr
        )
        return False
    if start.from_bundle:
        print("schoolgate: starting with the last good policy; mend the settings above", file=sys.stderr)
    return True


def keep_up(start: Start, settings: Settings, config: Path, beside: Beside = NOTHING) -> int:
    """Run the filter in the foreground."""
    log_to_stderr("up")

    async def everything() -> None:
        await Filter(settings, config, start.state, beside).run()

    try:
        asyncio.run(everything())
    except OSError as error:
        print(f"schoolgate: {error.strerror or error}", file=sys.stderr)
        return Exit.FAILED
    return Exit.OK
