"""`schoolgate lists fetch`: bring the lists that the school subscribed to up to date."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import Progress

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.lists.copies import Copies
from proxy.lists.download import Downloader, Limits
from proxy.lists.errors import ListsError
from proxy.lists.refresh import Refreshed, Refresher, Result
from proxy.lists.selection import COPIES, subscriptions_in_use
from proxy.lists.sources import Subscription


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "fetch",
        help="bring subscribed lists up to date",
        description="Asks the origin of each list that is due for a newer version. A list that cannot be "
        "fetched keeps its last good copy; an update that loses many names is held until `lists accept ID`. "
        "What was fetched comes into force with `schoolgate publish`. "
        "Exit status 1 when a list failed or is held.",
    )
    at_hand.arguments(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these lists (default: all in use)")
    parser.add_argument("--force", action="store_true", help="ask even where the copy is fresh enough")
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Fetch one list after the other and print what became of each."""
    here = at_hand.look(args)
    settings = here.needed(args)
    wanted = _wanted(args.ids, *subscriptions_in_use(settings.lists, here.catalogue))
    copies = Copies(settings.gateway.state / COPIES)
    limits = Limits(settings.lists.timeout_s, settings.lists.max_bytes, settings.lists.allow_private)
    refresher = Refresher(
        copies,
        Downloader(limits, clock=time.monotonic),
        here.catalogue,
        now=lambda: datetime.now(UTC),
        max_loss_percent=settings.lists.max_loss_percent,
    )
    outcomes = []
    with copies.locked(), _shown(wanted) as show:
        for source in wanted:
            outcome = show(source, refresher).refresh(source, force=args.force)
            outcomes.append(outcome)
            if not args.json:
                print(f"{outcome.list_id}: {outcome.result.value}: {outcome.detail}")
    if args.json:
        print(json.dumps({"lists": [_data(one) for one in outcomes]}, ensure_ascii=False, indent=1))
    elif not wanted:
        print("no list is subscribed to; name some under lists: subscribe: in the settings")
    bad = any(one.result in (Result.FAILED, Result.HELD) for one in outcomes)
    return Exit.NO if bad else Exit.OK


def _wanted(ids: list[str], known: tuple[Subscription, ...], unknown: tuple[str, ...]) -> list[Subscription]:
    strangers = [*unknown, *(id_ for id_ in ids if id_ not in {source.id for source in known})]
    if strangers:
        raise ListsError(f"not subscribed to: {', '.join(strangers)}; see lists: subscribe: in the settings")
    return [source for source in known if not ids or source.id in ids]


class _Show:
    """Gives a refresher that reports to a progress bar, where there is a terminal to draw one on."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar

    def __call__(self, source: Subscription, refresher: Refresher) -> Refresher:
        bar = self._bar
        if bar is None:
            return refresher
        task = bar.add_task(source.id, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        return replace(refresher, downloader=replace(refresher.downloader, progress=report))


@contextmanager
def _shown(wanted: list[Subscription]) -> Iterator[_Show]:
    if not wanted or not sys.stderr.isatty():
        yield _Show(None)
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield _Show(bar)


def _data(one: Refreshed) -> dict[str, object]:
    return {"list": one.list_id, "result": one.result.value, "detail": one.detail, "entries": one.entries}
