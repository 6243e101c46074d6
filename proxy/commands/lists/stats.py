"""`schoolgate lists stats`: what is in each list, what of it counts, and why does the rest not?"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.commands import Commands, Exit
from proxy.commands.lists import at_hand
from proxy.lists.collecting import Collector, takes_own_categories
from proxy.lists.copies import Copies
from proxy.lists.formats import Complaint
from proxy.lists.reading import Tally
from proxy.lists.selection import COPIES, select_lists
from proxy.lists.sources import ListSource
from proxy.lists.survey import NotRead, survey
from proxy.lists.tree import ListFile, files_of

COLUMNS = ("entries", "taken", "names", "urls", "addresses", "expressions", "exceptions")


@dataclass(slots=True)
class Counted:
    """One file and what it holds.

    complaints   line by line, kept only when they were asked for
    """

    file: ListFile
    tally: Tally
    complaints: list[Complaint]


def register(parts: Commands) -> None:
    """Add the part to the parser."""
    parser = parts.add_parser(
        "stats",
        help="count what is in lists and say why the rest was not taken",
        description="Counts each list: entry lines, lines taken, and for each reason the lines that "
        "were not. Without PATH: the lists that the settings put in use.",
    )
    at_hand.arguments(parser)
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="list files, or directories of them"
    )
    parser.add_argument("--lines", action="store_true", help="name every line that was not taken, and why")
    parser.set_defaults(part_run=run)


def run(args: argparse.Namespace) -> int:
    """Print the counts; exit status 1 when a list that is in use is not here or lacks a category."""
    here = at_hand.look(args)
    notes: list[str] = []
    not_read: list[NotRead] = []
    if args.paths:
        found = list(survey(args.paths, here.catalogue))
        lists = [one for one in found if isinstance(one, ListSource)]
        not_read = [one for one in found if isinstance(one, NotRead)]
    else:
        settings = here.needed(args)
        selection = select_lists(settings.lists, here.catalogue, settings.gateway.state)
        lists = list(selection.lists)
        notes = [f"{source.id}: subscribed, never fetched" for source in selection.missing]
        notes += list(_ages(Copies(settings.gateway.state / COPIES), lists, datetime.now(UTC)))
    counted = list(count(lists, here, keep=args.lines or args.json))
    lacking = [one.file.id for one in counted if is_unmapped(one.file)]
    if args.json:
        print(json.dumps(_as_data(counted, not_read, notes, lines=args.lines), ensure_ascii=False, indent=1))
    else:
        _print(counted, not_read, notes, lines=args.lines)
    return Exit.NO if lacking or any("never fetched" in note for note in notes) else Exit.OK


def count(lists: list[ListSource], here: at_hand.AtHand, *, keep: bool) -> Iterator[Counted]:
    """Count each file by itself, as if it were the only one."""
    for source in lists:
        for file in files_of(source, here.catalogue):
            complaints: list[Complaint] = []

            def note(_: ListFile, complaint: Complaint, into: list[Complaint] = complaints) -> None:
                if keep:
                    into.append(complaint)

            tally = Collector(here.catalogue, 0, note).take(file)
            yield Counted(file, tally, complaints)


def is_unmapped(file: ListFile) -> bool:
    """Whether nothing of the file could be compiled, for want of a category."""
    return file.category is None and not takes_own_categories(file)


def _ages(copies: Copies, lists: list[ListSource], now: datetime) -> Iterator[str]:
    for source in lists:
        copy = copies.good(source.id)
        if copy is not None:
            hours = (now - datetime.fromisoformat(copy.facts.fetched_at)).total_seconds() / 3600
            yield f"{source.id}: fetched {hours:.0f} h ago, last checked {copy.facts.checked_at}"
    for list_id in copies.held_ids():
        held = copies.held(list_id)
        if held is not None:
            yield f"{list_id}: an update is held: {held.facts.why_held}"


def _category(file: ListFile) -> str:
    return "by line" if takes_own_categories(file) else file.category or "unmapped"


def _print(counted: list[Counted], not_read: list[NotRead], notes: list[str], *, lines: bool) -> None:
    total = Counter[str]()
    rows: list[list[str]] = [["list", "format", "category", *COLUMNS]]
    for one in counted:
        numbers = one.tally.counts()
        total.update(numbers)
        rows.append([one.file.id, one.file.format.value, _category(one.file), *map(str, numbers.values())])
    rows.append(["total", "", "", *(str(total[name]) for name in COLUMNS)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        texts = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=False)]
        figures = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        print("  ".join([*texts, *figures]))
        if 0 < number <= len(counted):
            _print_reasons(counted[number - 1], lines=lines)
    for gone in not_read:
        print(f"unsupported: {gone.id}: {gone.entries} lines: {gone.why}")
    for note in notes:
        print(note)


def _print_reasons(one: Counted, *, lines: bool) -> None:
    for why, number in one.tally.reasons.most_common():
        verb = "refused" if why.is_refusal else "not taken"
        print(f"    {number} {verb}: {why.value}")
    if one.tally.in_part > 0:
        print(f"    {one.tally.in_part} of these on lines that were taken in part")
    if lines:
        for complaint in one.complaints:
            print(f"      {complaint}")


def _as_data(
    counted: list[Counted], not_read: list[NotRead], notes: list[str], *, lines: bool
) -> dict[str, Any]:
    return {
        "lists": [_list_data(one, lines=lines) for one in counted],
        "unsupported": [{"list": one.id, "lines": one.entries, "why": one.why} for one in not_read],
        "notes": notes,
    }


def _list_data(one: Counted, *, lines: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "list": one.file.id,
        "format": one.file.format.value,
        "category": one.file.category,
        **one.tally.counts(),
        "refused": one.tally.refused,
        "in_part": one.tally.in_part,
        "reasons": {why.value: number for why, number in one.tally.reasons.items()},
    }
    if lines:
        data["lines"] = [
            {"line": said.line, "why": said.why.value, "text": said.text, "detail": said.detail}
            for said in one.complaints
        ]
    return data
