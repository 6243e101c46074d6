"""The file of heads."""

from datetime import timedelta
from pathlib import Path

import pytest

from audited import AT, acts, tamper
from proxy.console.audit.chain import Fault, Link
from proxy.console.audit.head import HeadProblem, Witnessed, head_file, witnessed, write_head

pytestmark = pytest.mark.django_db


def test_a_head_is_written_when_it_is_new(tmp_path: Path) -> None:
    assert not write_head(tmp_path, AT)
    first = acts(2)[-1]
    assert write_head(tmp_path, AT)
    assert not write_head(tmp_path, AT + timedelta(minutes=1))
    second = acts(3)[-1]
    assert write_head(tmp_path, AT + timedelta(minutes=2))

    assert list(witnessed(tmp_path)) == [
        Witnessed(Link(2, first.hash), "2026-11-23T09:00:00+00:00", 1),
        Witnessed(Link(5, second.hash), "2026-11-23T09:02:00+00:00", 2),
    ]
    assert head_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert head_file(tmp_path).parent.stat().st_mode & 0o777 == 0o700


def test_a_record_whose_end_was_cut_off_is_refused_and_the_file_keeps_what_it_knew(tmp_path: Path) -> None:
    records = acts(3)
    write_head(tmp_path, AT)
    before = head_file(tmp_path).read_bytes()
    tamper("DELETE FROM audit_auditrecord WHERE number = 3")
    tamper("UPDATE audit_audithead SET number = 2, hash = %s", records[1].hash)

    with pytest.raises(HeadProblem, match="the record ends at 2, but 3 was its last one before"):
        write_head(tmp_path, AT)
    assert head_file(tmp_path).read_bytes() == before


def test_a_record_that_was_cut_and_has_grown_again_is_refused_too(tmp_path: Path) -> None:
    records = acts(3)
    write_head(tmp_path, AT)
    tamper("DELETE FROM audit_auditrecord WHERE number = 3")
    tamper("UPDATE audit_audithead SET number = 2, hash = %s", records[1].hash)
    acts(2)

    with pytest.raises(HeadProblem, match="record 3 is another one than was written down"):
        write_head(tmp_path, AT)


def test_another_record_at_the_same_place_is_refused(tmp_path: Path) -> None:
    records = acts(3)
    write_head(tmp_path, AT)
    tamper("DELETE FROM audit_auditrecord WHERE number = 3")
    tamper("UPDATE audit_audithead SET number = 2, hash = %s", records[1].hash)
    acts(1)

    with pytest.raises(HeadProblem, match="record 3 is another one than was written down"):
        write_head(tmp_path, AT)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(
            lambda data: data.replace(b'"number":2', b'"number":1', 1),
            "audit/head.jsonl, line 1: was changed: its content does not fit its hash",
            id="a changed line",
        ),
        pytest.param(
            lambda data: data[data.index(b"\n") + 1 :],
            "audit/head.jsonl, line 2: comes after line 0: lines between them are gone, or came in",
            id="the first line is gone",
        ),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, damage: object, expected: str) -> None:
    for minute in range(2):
        acts(2)
        write_head(tmp_path, AT + timedelta(minutes=minute))
    head_file(tmp_path).write_bytes(damage(head_file(tmp_path).read_bytes()))  # type: ignore[operator]
    assert next(found for found in witnessed(tmp_path) if isinstance(found, Fault)) == Fault(None, expected)


def test_lines_of_another_sort_are_named(tmp_path: Path) -> None:
    from proxy import chained_log

    acts(2)
    write_head(tmp_path, AT)
    for body in ({"at": "x", "number": 1, "head": "y"}, {"something": "else"}):
        chained_log.append(head_file(tmp_path), body)
    assert list(witnessed(tmp_path))[1:] == [
        Fault(None, "audit/head.jsonl, line 2: says no head that could follow"),
        Fault(None, "audit/head.jsonl, line 3: says no head that could follow"),
    ]
