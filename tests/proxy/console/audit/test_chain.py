"""Whether each record follows from the one before it."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from proxy.console.audit.chain import START, Chained, Fault, Link, canonical, fault_in, hash_of

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Record:
    """A record outside of any database."""

    number: int
    previous: str
    at: datetime = AT
    actor: str = "person:17"
    action: str = "case.deny"
    about: str = "case:4"
    detail: str = "{}"
    hash: str = ""


def chained(count: int) -> list[Record]:
    records: list[Record] = []
    for number in range(1, count + 1):
        record = Record(number, records[-1].hash if records else START, AT + timedelta(minutes=number))
        records.append(replace(record, hash=hash_of(record)))
    return records


def first_fault(records: list[Record]) -> Fault | None:
    before = Link()
    for record in records:
        fault = fault_in(before, record)
        if fault is not None:
            return fault
        before = Link(record.number, record.hash)
    return None


def test_a_hash_covers_one_spelling_of_all_that_a_record_says() -> None:
    record = Record(7, "ab" * 32, datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=-6))))
    spelled = [
        1, 7, "2026-11-23T15:00:00.000000Z", "person:17", "case.deny", "case:4", "{}", "ab" * 32,
    ]  # fmt: skip
    assert hash_of(record) == sha256(json.dumps(spelled, separators=(",", ":")).encode()).hexdigest()


def test_a_detail_has_one_spelling() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == canonical({"a": None, "b": [1, "é"]})
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"\\u00e9"]}'


def test_a_chain_as_it_was_written_is_whole() -> None:
    assert first_fault(chained(5)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": "person:18"},
        {"action": "case.deni"},
        {"about": "case:5"},
        {"detail": "{} "},
        {"at": AT + timedelta(microseconds=1)},
        {"previous": START},
        {"hash": "0" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_any_change_to_a_record_is_found_and_it_is_named(changed: dict[str, object]) -> None:
    records = chained(5)
    records[2] = replace(records[2], **changed)  # type: ignore[arg-type]
    assert first_fault(records) == Fault(3, "was changed: its content does not fit its hash")


def test_a_record_changed_with_a_hash_to_fit_is_named() -> None:
    records = chained(5)
    forged = replace(records[2], actor="person:18")
    records[2] = replace(forged, hash=hash_of(forged))
    assert first_fault(records) == Fault(3, "was exchanged: record 4 follows another one than this")


def test_gaps_are_found_and_named() -> None:
    records = chained(6)
    assert str(first_fault(records[1:])) == "record 1: is gone: the record after 0 is 2 (1 missing)"
    assert str(first_fault([records[0], *records[3:]])) == (
        "record 2: is gone: the record after 1 is 4 (2 to 3 missing)"
    )


def test_moved_records_are_found() -> None:
    records = chained(4)
    assert first_fault([*records[:3], records[1]]) == Fault(2, "is out of order: it comes after 3")
    swapped = [replace(records[2], number=2), replace(records[1], number=3)]
    assert first_fault([records[0], *swapped, records[3]]) == Fault(
        2, "was changed: its content does not fit its hash"
    )


def test_a_chain_that_begins_elsewhere_is_found() -> None:
    other = Record(1, "ab" * 32)
    assert first_fault([replace(other, hash=hash_of(other))]) == Fault(
        1, "is not the first that was written: it follows another one"
    )


def test_a_record_of_any_sort_can_be_checked() -> None:
    record: Chained = chained(1)[0]
    assert fault_in(Link(), record) is None
