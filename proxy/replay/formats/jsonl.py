"""What does a recording in JSON lines hold? Requests, DNS questions and connections, one object a line.

What a row is about is told from its fields: `qname` makes it a question, `url` or `method` a request,
`first_bytes_hex`, `sni` or `port` the beginning of a connection. Fields that nobody knows are left alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from proxy.replay.errors import WrongRow
from proxy.replay.formats.dns_row import read_question
from proxy.replay.formats.fields import Fields, whole
from proxy.replay.formats.hosts import address_or_none
from proxy.replay.formats.request_row import IsExplicit, read_request
from proxy.replay.formats.tls_row import read_opening
from proxy.replay.rows import Complaint, Row, Told, Truth, Who

MAX_LINE = 8 * 1024 * 1024
"""Octets of one line; a longer one is a wrong row, and is never held whole."""
CONNECTIONS = ("first_bytes_hex", "stream_first_bytes_hex", "sni", "ja3", "ja4", "port")
EXAMPLE = "`url` (a request), `qname` (a DNS question) or `first_bytes_hex` and `port` (a connection)"


def read_jsonl(file: Path, is_explicit: IsExplicit, only: bytes = b"") -> Iterator[Told | Complaint]:
    """Read a file row by row. Raises OSError; everything else that is wrong comes as a Complaint.

    only   lines without these octets are passed over
    """
    with file.open("rb") as lines:
        for line, raw in numbered(lines):
            try:
                if raw is None:
                    raise WrongRow("", f"the line is longer than {MAX_LINE} octets")
                if raw.strip() and only in raw:
                    yield read_row(raw, line, is_explicit)
            except WrongRow as wrong:
                yield Complaint(line, wrong.field, wrong.wrong, wrong.hint)


def numbered(lines: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None in place of one that is too long."""
    number = 0
    while raw := lines.readline(MAX_LINE + 1):
        number += 1
        if len(raw) <= MAX_LINE:
            yield number, raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = lines.readline(MAX_LINE)
        yield number, None


def read_row(raw: bytes, line: int, is_explicit: IsExplicit) -> Told:
    """Read one line. Raises WrongRow."""
    try:
        data = json.loads(raw.decode("utf-8-sig").rstrip())
    except UnicodeDecodeError as error:
        raise WrongRow("", f"octet {error.start + 1} of the line is no UTF-8") from error
    except (ValueError, RecursionError) as error:
        why = f": {error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise WrongRow("", f"the line is no JSON{why}", "one object a line") from error
    if not isinstance(data, dict):
        raise WrongRow("", "the line is no JSON object", 'one object a line, in braces: {"url": ...}')
    try:
        return Told(_row(data, line, is_explicit), truth_of(data))
    except RecursionError as error:
        raise WrongRow("", "the row is nested too deeply") from error


def _row(data: dict[str, Any], line: int, is_explicit: IsExplicit) -> Row:
    fields = Fields(data)
    id_, who, session = _id(data, line), _who(fields), _session(data)
    seq = fields.moment("seq")
    at = float(line) if seq is None else seq
    if "qname" in fields:
        together = session or (f"client {who.address}" if seq is not None and who.address else "")
        client = together or who.address or f"row {line}"
        host, question, trouble = read_question(fields, client, at)
        return Row(id_, line, who, host, (question,), together, at, trouble)
    if "url" in fields or "method" in fields:
        host, seen, trouble = read_request(fields, is_explicit)
        return Row(id_, line, who, host, seen, "", at, trouble)
    if any(name in data for name in CONNECTIONS):
        host, seen = read_opening(fields)
        return Row(id_, line, who, host, seen, "", at)
    raise WrongRow("", "nothing in the row says what it is about", EXAMPLE)


def _id(data: dict[str, Any], line: int) -> str:
    said = data.get("id")
    return whole(str(said))[:200] if isinstance(said, str | int) else f"line-{line}"


def _who(fields: Fields) -> Who:
    client = fields.inner("client")
    return Who(client.text("role")[:64], address_or_none(client.text("ip")))


def _session(data: dict[str, Any]) -> str:
    said = data.get("session")
    return f"session {said}"[:200] if isinstance(said, str | int) else ""


def truth_of(data: dict[str, Any]) -> Truth:
    """What the row's author wrote about it; what is written otherwise counts as not written."""

    def word(name: str) -> str:
        said = data.get(name)
        return whole(said)[:100] if isinstance(said, str) else ""

    label = word("label")
    return Truth(
        {"bypass": True, "benign": False}.get(label),
        word("technique") if label else "",
        word("expect"),
        _session(data) if "qname" in data else "",
    )
