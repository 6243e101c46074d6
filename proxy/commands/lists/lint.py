"""`schoolgate lists lint`: which lines of a list are wrong, and what would be right?"""

import argparse
import json
from pathlib import Path

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.commands.lists.stats import count
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource
from proxy.lists.survey import NotRead, survey


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "lint",
        help="name every line of a list that is not taken",
        description="Names every line that is not taken, as FILE:LINE. Exit status 1 when there is one.",
    )
    at_hand.arguments(parser)
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE", help="list files, or directories of them"
    )
    parser.add_argument(
        "--format",
        choices=[form.value for form in Format if form is not Format.SQUIDGUARD],
        help="how the files are written (default: told from their lines)",
    )
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line for each complaint."""
    here = at_hand.look(args)
    if args.format:
        form = Format(args.format)
        found: list[ListSource | NotRead] = [
            ListSource(str(path), str(path), path, form) for path in args.paths
        ]
    else:
        found = list(survey(args.paths, here.catalogue))
    wrong: list[dict[str, object]] = [
        {"file": str(one.path), "line": 0, "why": "unsupported", "text": "", "detail": one.why}
        for one in found
        if isinstance(one, NotRead)
    ]
    for counted in count([one for one in found if isinstance(one, ListSource)], here, keep=True):
        wrong.extend(
            {
                "file": str(counted.file.path),
                "line": said.line,
                "why": said.why.value,
                "text": said.text,
                "detail": said.detail,
            }
            for said in counted.complaints
        )
    if args.json:
        print(json.dumps({"complaints": wrong}, ensure_ascii=False, indent=1))
    else:
        for said in wrong:
            shown = f" {said['text']!r}" if said["text"] else ""
            print(f"{said['file']}:{said['line']}: {said['why']}:{shown} {said['detail']}")
        print(f"{len(wrong)} complaints" if wrong else "every line is taken")
    return Exit.NO if wrong else Exit.OK
