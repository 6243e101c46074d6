"""How is the outcome of a self-test shown, and what does it come to?"""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.selftest.expect import Grade
from proxy.selftest.run import Row

_STYLES = {
    Grade.PASS: "green",
    Grade.FAIL: "bold red",
    Grade.NOT_TESTED: "yellow",
    Grade.UNREACHED: "bold yellow",
}


def outcome(rows: Iterable[Row]) -> Grade:
    """What the rows come to: a failure outweighs silence, silence what was not tested, and nothing
    but passes is a pass."""
    grades = {row.graded.grade for row in rows}
    for grade in (Grade.FAIL, Grade.UNREACHED, Grade.NOT_TESTED, Grade.PASS):
        if grade in grades:
            return grade
    return Grade.NOT_TESTED


def table(rows: Iterable[Row]) -> Table:
    """A table with a line for each probe."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("group", "from", "by", "name", "result", "why"):
        made.add_column(heading, overflow="fold", no_wrap=heading in ("group", "result"))
    for row in rows:
        grade = row.graded.grade
        made.add_row(
            row.group,
            row.source,
            row.way.value,
            row.name,
            Text(grade.value, _STYLES[grade]),
            Text(row.graded.detail),
        )
    return made


def summary(rows: Sequence[Row]) -> str:
    """The outcome in one sentence."""
    counts = {grade: sum(row.graded.grade is grade for row in rows) for grade in Grade}
    parts = [f"{counts[grade]} {grade.value}" for grade in Grade if counts[grade]]
    groups = len({row.group for row in rows})
    return f"{len(rows)} probes for {groups} groups: {', '.join(parts) or 'nothing was tested'}"


def print_rows(rows: Sequence[Row], console: Console) -> None:
    """Print table and summary."""
    console.print(table(rows))
    console.print()
    console.print(summary(rows), highlight=False)


def as_json(rows: Sequence[Row]) -> dict[str, object]:
    """The same for a program."""
    return {
        "outcome": outcome(rows).value,
        "rows": [
            {
                "group": row.group,
                "source": row.source,
                "way": row.way.value,
                "name": row.name,
                "result": row.graded.grade.value,
                "detail": row.graded.detail,
            }
            for row in rows
        ],
    }
