"""How does what the console knows leave it as a file?

CSV for spreadsheets, which must not take a text for a formula, and JSON for programs, one object a line.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from proxy.console.audit.append import append
from proxy.console.audit.models import AuditRecord

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = ("number", "at", "actor", "action", "about", "detail", "previous", "hash")


def csv_cell(text: object) -> str:
    """A cell as it is written: what a spreadsheet would compute gets an apostrophe in front and stays text.

    What people type (titles, hosts, notes) can begin like a formula that sends the sheet away when it is
    opened. Numbers stay numbers.
    """
    plain = "" if text is None else str(text)
    if isinstance(text, int | float) and not isinstance(text, bool):
        return plain
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA) or plain.startswith(FORMULA) else plain


class _Line:
    """What the csv module writes to; the line is what `write` returns."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV file, line by line, with every cell guarded."""
    writer = csv.writer(_Line())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([csv_cell(cell) for cell in row])


def download(lines: Iterable[str], name: str, content_type: str) -> StreamingHttpResponse:
    """Answer with a file that the browser saves and does not show.

    name   of the file: ASCII letters, digits, dots and dashes
    """
    return StreamingHttpResponse(
        lines,
        content_type=f"{content_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def note_export(what: str, form: str, *, actor: str, at: datetime, **which: object) -> AuditRecord:
    """Record that something leaves as a file, before it does.

    what    the table or list, such as `figures/kinds`
    form    `csv`, `json` or `jsonl`
    which   what was chosen of it, as JSON
    """
    with transaction.atomic():
        return append("audit.export", actor=actor, detail={"what": what, "as": form, **which}, at=at)


def exported() -> QuerySet[AuditRecord]:
    """All records, in order."""
    return AuditRecord.objects.order_by("number")


def record_rows(records: QuerySet[AuditRecord]) -> Iterator[Sequence[object]]:
    """Records as rows under COLUMNS."""
    return (
        (r.number, r.at.isoformat(), r.actor, r.action, r.about, r.detail, r.previous, r.hash)
        for r in records.iterator(chunk_size=1000)
    )


def json_lines(records: QuerySet[AuditRecord]) -> Iterator[str]:
    """Records as JSON, one object a line. `detail` is a text, to the letter as it went into the hash."""
    for row in record_rows(records):
        values: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
        yield json.dumps(values) + "\n"
