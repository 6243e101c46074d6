"""`schoolgate lists`: look into lists, compare them, fetch them, compile them."""

import argparse
import os
import sys

from proxy.commands import Commands, Exit
from proxy.commands.lists import accept, compiling, diff, fetch, find, lint, stats
from proxy.lists.errors import ListsError

DESCRIPTION = """Works with category lists: counts what is in them, says what was not taken and why, finds
the line behind a block, compares versions, fetches what the school subscribed to, compiles an index.

  schoolgate lists stats                       the lists in use, with their age
  schoolgate lists stats --lines FILE          every line of a file that was not taken, and why
  schoolgate lists find www.example.org        which list and line speak of a name, address or URL
  schoolgate lists diff OLD NEW                what an update would newly block and newly allow
  schoolgate lists fetch                       bring subscribed lists up to date
"""

PARTS = (stats, lint, find, diff, fetch, accept, compiling)


def register(commands: Commands) -> None:
    """Add the command and its parts to the parser."""
    parser = commands.add_parser(
        "lists",
        help="look into, compare, fetch and compile category lists",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    for part in PARTS:
        part.register(parts)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; exit status 3 when it could not be done at all."""
    try:
        return int(args.part_run(args))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except (ListsError, OSError) as error:
        print(f"schoolgate lists {args.part}: {error}", file=sys.stderr)
        return Exit.FAILED
