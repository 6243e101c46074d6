"""`schoolgate lists compile`: make one index file of many lists."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from proxy.commands import Commands, Exit, progress
from proxy.commands.lists import at_hand
from proxy.lists.compile import BuildReport, compile_index
from proxy.lists.selection import select_lists
from proxy.lists.sources import ListSource
from proxy.lists.survey import NotRead, survey


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "compile",
        help="make one index file of many lists",
        description="Compiles lists into one index file. `schoolgate publish` does this by itself; "
        "this part is for looking at lists before they are in use. Exit status 1 when a list was left out "
        "for want of a category.",
    )
    at_hand.arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the index goes")
    parser.add_argument(
        "--from",
        dest="paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="list files or directories of them (default: the lists that the settings put in use)",
    )
    parser.add_argument(
        "--restrictive", action="store_true", help="take very restrictive expressions of SquidGuard trees too"
    )
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Compile and print what became of it."""
    here = at_hand.look(args)
    not_read: list[NotRead] = []
    if args.paths:
        found = list(survey(args.paths, here.catalogue))
        lists = [one for one in found if isinstance(one, ListSource)]
        not_read = [one for one in found if isinstance(one, NotRead)]
    else:
        settings = here.needed(args)
        lists = list(select_lists(settings.lists, here.catalogue, settings.gateway.state).lists)
    if args.restrictive:
        lists = [replace(one, restrictive=True) for one in lists]
    with progress.shown() as told:
        report = compile_index(
            lists, args.out, catalogue=here.catalogue, built_at=datetime.now(UTC), on_progress=told
        )
    if args.json:
        print(json.dumps(_data(report, not_read), ensure_ascii=False, indent=1))
    else:
        _print(args.out, report, not_read)
    return Exit.NO if report.left_out else Exit.OK


def _print(out: Path, report: BuildReport, not_read: list[NotRead]) -> None:
    taken = sum(one.tally.taken for one in report.lists)
    entries = sum(one.tally.entries for one in report.lists)
    print(f"{out}: {len(report.lists)} lists, {taken} of {entries} lines, {report.octets} octets")
    for file in report.left_out:
        print(
            f"left out: {file.id}: no category goes by this name; add one to categories.yaml", file=sys.stderr
        )
    for one in not_read:
        print(f"unsupported: {one.id}: {one.why}", file=sys.stderr)


def _data(report: BuildReport, not_read: list[NotRead]) -> dict[str, object]:
    return {
        "octets": report.octets,
        "lists": [
            {"list": one.file.id, "category": one.file.category, **one.tally.counts()} for one in report.lists
        ],
        "left_out": [file.id for file in report.left_out],
        "unsupported": [{"list": one.id, "why": one.why} for one in not_read],
    }
