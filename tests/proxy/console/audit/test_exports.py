"""What leaves the console as a file."""

import csv
import io
import json

import pytest

from audited import AT, acts
from proxy.console.audit.chain import Link, fault_in
from proxy.console.audit.exports import (
    COLUMNS,
    csv_cell,
    csv_lines,
    download,
    exported,
    json_lines,
    note_export,
    record_rows,
)
from proxy.console.audit.models import AuditRecord


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("=HYPERLINK(A1)", "'=HYPERLINK(A1)", id="formula"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at sign"),
        pytest.param("\t=1", "'\t=1", id="tabulator"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("\n=1", "'\n=1", id="line feed"),
        pytest.param("  =1", "'  =1", id="blanks before it"),
        pytest.param("＝1", "'＝1", id="full width"),
        pytest.param("physics.example", "physics.example", id="text"),
        pytest.param("a=b", "a=b", id="within a text"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="nothing"),
        pytest.param(-5, "-5", id="a number"),
        pytest.param(-0.5, "-0.5", id="a fraction"),
        pytest.param(True, "True", id="yes"),
    ],
)
def test_a_cell_is_never_a_formula(text: object, cell: str) -> None:
    assert csv_cell(text) == cell


def test_a_csv_file_reads_back(db: None) -> None:
    lines = "".join(csv_lines(["name", "count"], [['=a,"b"\nc', 3], ["d", -1]]))
    assert list(csv.reader(io.StringIO(lines, newline=""))) == [
        ["name", "count"], ["'=a,\"b\"\nc", "3"], ["d", "-1"],
    ]  # fmt: skip


def test_a_download_is_saved_and_not_shown() -> None:
    answer = download(iter(["a\r\n"]), "record.csv", "text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="record.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert b"".join(answer) == b"a\r\n"


@pytest.mark.django_db
def test_that_something_leaves_is_recorded() -> None:
    own = note_export("figures/kinds", "csv", actor="person:17", at=AT, school="valley-high")
    assert AuditRecord.objects.get() == own
    assert (own.action, own.actor) == ("audit.export", "person:17")
    assert json.loads(own.detail) == {"what": "figures/kinds", "as": "csv", "school": "valley-high"}


@pytest.mark.django_db
def test_records_leave_with_all_that_is_needed_to_check_them() -> None:
    acts(3)
    before = Link()
    for line in json_lines(exported()):
        values = json.loads(line)
        assert tuple(values) == COLUMNS
        stored = AuditRecord.objects.get(number=values["number"])
        assert values["at"] == stored.at.isoformat()
        record = AuditRecord(**{**values, "at": stored.at})
        assert fault_in(before, record) is None
        before = Link(record.number, record.hash)
    assert before.number == 3
    assert [row[0] for row in record_rows(exported())] == [1, 2, 3]
