"""`schoolgate timers`: due times, reminders, letters, ends and the record, each when its time has come."""

import argparse
import logging
import sys
import time

from proxy.commands import Commands, Exit, config_argument
from proxy.commands.console import configured
from proxy.operator_log import log_to_stderr

DESCRIPTION = """Runs what has to happen in the console without anybody asking: a case that is overdue goes
up, letters are sent, approvals end, the overlay is kept as decided, the record's head is written down.
One such process runs at a time. `schoolgate up` runs it beside the filter and the console."""

AGAIN_S = 5.0

log = logging.getLogger(__name__)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "timers",
        help="run the console's timers: due times, letters, ends",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    log_to_stderr("timers")
    config = configured(args.config, demo=args.demo)
    if config is None:
        return Exit.FAILED
    from proxy.console.site.database_ready import DatabaseProblem
    from proxy.console.site.prepared import DemoPeopleRefused, prepare
    from proxy.console.timers.run import run as keep_time

    said = ""
    while True:
        try:
            prepare(config)
        except DemoPeopleRefused as refusal:
            print(f"schoolgate: {refusal}", file=sys.stderr)
            return Exit.FAILED
        except DatabaseProblem as problem:
            if str(problem) != said:
                log.error("%s; this is tried again until it is there", problem)
            said = str(problem)
            time.sleep(AGAIN_S)
        else:
            return keep_time(config)
