"""`schoolgate lists find`: which list and line speak of a name, an address or a URL?"""

import argparse
import json
from pathlib import Path

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.decision.listing import Listing
from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, parse_url
from proxy.lists.errors import ListsError
from proxy.lists.index import DomainIndex

INDEX_IN_FORCE = Path("bundle", "base.current", "index.sgi")


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "find",
        help="name the list and line behind a name, address or URL",
        description="Names every list line that covers a name, address or URL, parents and ranges included. "
        "Exit status 1 when no list does.",
    )
    at_hand.arguments(parser)
    parser.add_argument("what", metavar="NAME", help="a name, an address or a URL")
    index_argument(parser)
    parser.set_defaults(part_run=run)


def index_argument(parser: argparse.ArgumentParser) -> None:
    """Give a command the option that names an index."""
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="an index file (default: the one in force)"
    )


def index_path(args: argparse.Namespace) -> Path:
    """The index that is meant. Raises ListsError when there are no settings to find it by."""
    if args.index is not None:
        return Path(args.index)
    return at_hand.look(args).needed(args).gateway.state / INDEX_IN_FORCE


def run(args: argparse.Namespace) -> int:
    """Print what was found."""
    url = _url(args.what)
    with DomainIndex.open(index_path(args)) as index:
        found = [*index.for_host(url.host), *index.for_url(url)]
        elsewhere = sorted(index.url_categories(url.host)) if not found else []
    if args.json:
        print(
            json.dumps(
                {"host": url.host, "found": [_data(one) for one in found]}, ensure_ascii=False, indent=1
            )
        )
    else:
        for one in found:
            print(f"{one.rule}  {one.category}  {one.list_id}, line {one.line}  ({one.kind.value})")
        if not found:
            hint = f"; URLs on this host are listed under {', '.join(elsewhere)}" if elsewhere else ""
            print(f"{args.what}: in no list{hint}")
    return Exit.OK if found else Exit.NO


def _url(text: str) -> Url:
    bare = text.count(":") > 1 and "/" not in text and not text.startswith("[")
    try:
        return parse_url(f"[{text}]" if bare else text)
    except NameProblem as problem:
        raise ListsError(f"{text!r} is no name, address or URL: {problem}") from problem


def _data(listing: Listing) -> dict[str, object]:
    return {
        "rule": listing.rule,
        "category": listing.category,
        "list": listing.list_id,
        "line": listing.line,
        "kind": listing.kind.value,
    }
