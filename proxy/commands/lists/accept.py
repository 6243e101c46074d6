"""`schoolgate lists accept`: take an update that was held because it loses many names."""

import argparse
import json

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.lists.copies import Copies
from proxy.lists.selection import COPIES


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "accept",
        help="take an update that is held",
        description="Makes a held update the copy in use; it comes into force with `schoolgate publish`.",
    )
    at_hand.arguments(parser)
    parser.add_argument("list_id", metavar="ID", help="id of the list")
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Accept it; exit status 3 when no update of that list is held."""
    settings = at_hand.look(args).needed(args)
    copies = Copies(settings.gateway.state / COPIES)
    with copies.locked():
        copy = copies.accept(args.list_id)
    if args.json:
        print(json.dumps({"list": copy.list_id, "entries": copy.facts.entries}))
    else:
        print(f"{copy.list_id}: {copy.facts.entries} entries are in use after the next `schoolgate publish`")
    return Exit.OK
