"""What are the rows of a OneRoster CSV file, and on which line does each stand?"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """Something in a roster that could not be used.

    line      1-based; 0 when the whole file is meant
    broken    what follows in the file could not be read either: who is missing there may still belong here
    """

    file: str
    line: int
    message: str
    broken: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(slots=True)
class Problems:
    """Collects what is wrong in the files of one roster."""

    found: list[RosterProblem] = field(default_factory=list)

    def add(self, file: Path, line: int, message: str, *, broken: bool = False) -> None:
        """Note one problem; files are named relative to the roster's directory."""
        self.found.append(RosterProblem(f"{file.parent.name}/{file.name}", line, message, broken))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values by column, stripped; "" for an empty or absent cell."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def is_active(self) -> bool:
        """Whether the row's status leaves it in use (OneRoster 1.1: empty in bulk files)."""
        return self["status"].lower() in ("", "active")


def rows(file: Path, required: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    """Yield the rows of a CSV file in UTF-8 (with or without a byte order mark).

    required    columns without which a row means nothing

    Rows that are too long, too short or lack a required value are reported and left out; so is the
    rest of a file in which no more rows can be told apart.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = [name.strip() for name in next(reader, [])]
            missing = [name for name in required if name not in header]
            if missing:
                problems.add(
                    file,
                    1,
                    f"lacks the column {', '.join(missing)}; it has: {', '.join(header) or 'nothing'}",
                    broken=True,
                )
                return
            for cells in reader:
                row = _row(file, reader.line_num, header, cells, required, problems)
                if row is not None:
                    yield row
    except OSError as error:
        problems.add(file, 0, f"cannot be read: {error.strerror}", broken=True)
    except UnicodeDecodeError:
        problems.add(file, 0, "is not UTF-8; save it as 'CSV UTF-8'", broken=True)
    except csv.Error as error:
        problems.add(file, reader.line_num, f"is no CSV from here on: {error}", broken=True)


def _row(
    file: Path, line: int, header: list[str], cells: list[str], required: tuple[str, ...], problems: Problems
) -> Row | None:
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) != len(header):
        problems.add(file, line, f"has {len(cells)} cells, the header has {len(header)}")
        return None
    row = Row(file, line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
    empty = [name for name in required if not row[name]]
    if empty and row.is_active:
        problems.add(file, line, f"has no {', '.join(empty)}")
        return None
    return row
