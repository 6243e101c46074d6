"""How does each table of figures read, to people in cells and to programs in values?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from proxy.console.look.words import KINDS
from proxy.console.reports.figures import Line, ListLine, Times
from proxy.console.reports.gathering import DISTRICT, Report

type Value = str | int | float | bool | None

FEWER = "not shown"
NOTHING = "–"
_LINE_KEYS = (
    "cases", "asked", "answered", "school_hours_median", "school_hours_p90", "hours_median", "hours_p90",
    "overdue_share", "hidden",
)  # fmt: skip
_LINE_COLUMNS = (
    "Requests", "Times asked", "Answered", "School hours, half", "School hours, 9 of 10", "Clock hours, half",
    "Clock hours, 9 of 10", "Overdue",
)  # fmt: skip
_LIST_KEYS = ("category", "asked", "answered", "approved", "approved_share", "blocks", "hidden")
_LIST_COLUMNS = ("Category", "Asked to open", "Answered", "Approved", "Share approved", "Blocks recorded")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what people read, and the same as values.

    hidden   of too few to be shown
    """

    cells: tuple[str, ...]
    values: tuple[Value, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a page's table, or of its head."""

    column: str
    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    name      in addresses and exports
    columns   what stands above the cells; `keys` above the values
    words     how many columns hold words; the others hold numbers
    """

    name: str
    title: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int = 1

    @property
    def head(self) -> list[Cell]:
        """What stands above the cells."""
        return self._cells(self.columns)

    @property
    def body(self) -> list[list[Cell]]:
        """The rows' cells, each with its column's name."""
        return [self._cells(row.cells) for row in self.rows]

    def _cells(self, texts: Sequence[str]) -> list[Cell]:
        named = enumerate(zip(self.columns, texts, strict=True))
        return [Cell(column, text, place >= self.words) for place, (column, text) in named]


def all_of(report: Report) -> tuple[Table, ...]:
    """The tables of a report, in the order of the page."""
    schools = {DISTRICT: "Whole district", **report.schools}
    kinds = {kind: str(words) for kind, words in KINDS.items()}
    days = {line.name: day(line.name, year=True) for line in report.by_part}
    return (
        _lines("time", "Over time", "From", report.by_part, days),
        _lines("kinds", "By kind", "Kind", report.by_kind, kinds),
        _lines("schools", "By school", "School", report.by_school, schools),
        _appeals(report),
        _lists(report.lists),
    )


def headlines(report: Report) -> tuple[tuple[str, str, str], ...]:
    """What stands on the cards above the tables: a number, what it counts, and what else to know."""
    total, appeals = report.total, report.appeals
    school, clock = total.in_school, total.by_clock
    return (
        (f"{total.cases:,}", "requests", f"asked {total.asked:,} times; {total.answered:,} are answered"),
        (
            hours(school.median),
            "school hours to the answer",
            f"median; nine of ten within {hours(school.p90)}",
        ),
        (hours(clock.median), "hours by the clock", f"median; nine of ten within {hours(clock.p90)}"),
        (percent(total.overdue), "overdue", "answered after the due time, or still waiting after it"),
        (
            percent(appeals.share),
            "granted on appeal",
            f"{appeals.overturned:,} of {appeals.decided:,} decided",
        ),
    )


def as_dicts(table: Table) -> Iterator[Mapping[str, Value]]:
    """The rows, for programs."""
    return (dict(zip(table.keys, row.values, strict=True)) for row in table.rows)


def plain(row: Row) -> Iterator[str]:
    """A row's values as text; nothing where there is none."""
    return ("" if value is None else str(value) for value in row.values)


def day(iso: str, *, year: bool = False) -> str:
    """A day as people read it: `23 Nov`, or `23 Nov 2026`."""
    return date.fromisoformat(iso).strftime("%-d %b %Y" if year else "%-d %b")


def hours(value: float | None) -> str:
    """Hours as people read them."""
    return NOTHING if value is None else f"{value:,.1f}"


def percent(share: float | None) -> str:
    """A share as people read it."""
    return NOTHING if share is None else f"{share:.0%}"


def _lines(name: str, title: str, of: str, lines: Sequence[Line], words: Mapping[str, str]) -> Table:
    rows = tuple(_row(line, words.get(line.name, line.name)) for line in lines)
    return Table(name, title, (of, *_LINE_COLUMNS), (name.removesuffix("s"), *_LINE_KEYS), rows)


def _row(line: Line, name: str) -> Row:
    if line.hidden:
        nothing = (None,) * (len(_LINE_KEYS) - 1)
        return Row((name, FEWER, *(NOTHING,) * (len(_LINE_COLUMNS) - 1)), (line.name, *nothing, True), True)
    numbers = (line.cases, line.asked, line.answered)
    times: tuple[Times, ...] = (line.in_school, line.by_clock)
    lengths = [length for each in times for length in (each.median, each.p90)]
    return Row(
        (name, *(f"{number:,}" for number in numbers), *map(hours, lengths), percent(line.overdue)),
        (line.name, *numbers, *map(_rounded, lengths), _rounded(line.overdue), False),
    )


def _appeals(report: Report) -> Table:
    found = report.appeals
    numbers = (found.made, found.taken_back, found.decided, found.overturned)
    cells = ("Requests of these days", *(f"{number:,}" for number in numbers), percent(found.share))
    return Table(
        "appeals",
        "Appeals",
        ("Of", "Made", "Taken back", "Decided", "Granted, wholly or in part", "Share granted"),
        ("of", "made", "taken_back", "decided", "overturned", "overturned_share"),
        (Row(cells, ("all", *numbers, _rounded(found.share))),),
    )


def _lists(lists: Sequence[ListLine]) -> Table:
    columns = ("List", *_LIST_COLUMNS)
    rows = tuple(map(_list_row, lists))
    return Table("lists", "Blocked too much?", columns, ("list", *_LIST_KEYS), rows, words=2)


def _list_row(line: ListLine) -> Row:
    names = (line.list_id or NOTHING, line.category or NOTHING)
    if line.hidden:
        nothing = (None,) * (len(_LIST_KEYS) - 2)
        cells = (*names, FEWER, *(NOTHING,) * (len(_LIST_COLUMNS) - 2))
        return Row(cells, (line.list_id, line.category, *nothing, True), True)
    numbers = (line.asked, line.answered, line.approved)
    blocks = NOTHING if line.blocks is None else f"{line.blocks:,}"
    return Row(
        (*names, *(f"{number:,}" for number in numbers), percent(line.share), blocks),
        (line.list_id, line.category, *numbers, _rounded(line.share), line.blocks, False),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
