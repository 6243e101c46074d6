"""`schoolgate lists diff`: what would an update newly block, and what newly allow?"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.decision.listing import Listing
from proxy.lists.compile import compile_index
from proxy.lists.differences import Difference, difference
from proxy.lists.errors import ListsError
from proxy.lists.formats import Format
from proxy.lists.index import DomainIndex
from proxy.lists.layout import MAGIC
from proxy.lists.sources import ListSource
from proxy.lists.survey import survey

SHOWN = 40


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "diff",
        help="show what an update would newly list and no longer list",
        description="Compares two indexes, list files or directories of lists by their effect: a name that a "
        "listed parent covers is no news. Exit status 1 when they differ.",
    )
    at_hand.arguments(parser)
    parser.add_argument("old", type=Path, metavar="OLD", help="an index, a list file or a directory of lists")
    parser.add_argument("new", type=Path, metavar="NEW", help="the same, as it would be")
    parser.add_argument("--category", metavar="ID", help="category of list files whose names do not tell it")
    parser.add_argument("--all", action="store_true", help=f"every line, not {SHOWN} of each kind")
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Print the difference."""
    here = at_hand.look(args)
    if args.category and args.category not in here.catalogue.categories:
        raise ListsError(
            f"no category is called '{args.category}'; see {here.blocklists / 'categories.yaml'}"
        )
    with _opened(args.old, here, args.category) as old, _opened(args.new, here, args.category) as new:
        found = difference(old, new)
    if args.json:
        print(
            json.dumps(
                {"gained": _data(found.gained), "lost": _data(found.lost)}, ensure_ascii=False, indent=1
            )
        )
    else:
        _print(found, everything=args.all)
    return Exit.NO if found.gained or found.lost else Exit.OK


@contextmanager
def _opened(path: Path, here: at_hand.AtHand, category: str | None) -> Iterator[DomainIndex]:
    """An index as it is, or one made of lists for the moment."""
    if path.is_file():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                with DomainIndex.open(path) as index:
                    yield index
                return
    lists = [
        _with_category(one, category) for one in survey([path], here.catalogue) if isinstance(one, ListSource)
    ]
    if not lists:
        raise ListsError(f"{path}: it is no index and no list that can be read")
    with tempfile.TemporaryDirectory(prefix="schoolgate-") as directory:
        out = Path(directory, "index.sgi")
        report = compile_index(lists, out, catalogue=here.catalogue, built_at=datetime.now(UTC))
        if report.left_out:
            names = ", ".join(file.id for file in report.left_out[:5])
            raise ListsError(f"{path}: the category of {names} cannot be told; name one with --category")
        with DomainIndex.open(out) as index:
            yield index


def _with_category(source: ListSource, category: str | None) -> ListSource:
    if category is None or source.format is Format.TSV:
        return source
    return replace(source, category=category)


def _print(found: Difference, *, everything: bool) -> None:
    for title, listings in (("newly listed", found.gained), ("no longer listed", found.lost)):
        print(f"{title}: {len(listings)}")
        for category, number in sorted(Counter(one.category for one in listings).items()):
            print(f"  {category}: {number}")
            chosen = [one for one in listings if one.category == category]
            for one in chosen if everything else chosen[:SHOWN]:
                print(f"    {one.rule}  ({one.list_id}, line {one.line})")
            if not everything and number > SHOWN:
                print(f"    ... and {number - SHOWN} more; see all with --all")


def _data(listings: Iterable[Listing]) -> list[dict[str, object]]:
    return [
        {"rule": one.rule, "category": one.category, "list": one.list_id, "line": one.line}
        for one in listings
    ]
