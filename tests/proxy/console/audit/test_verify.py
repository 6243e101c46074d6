"""Whether the record is whole, and which record is the first bad one."""

import os
from pathlib import Path

import pytest
from django.db import connection

from audited import AT, acts, run, tamper, tampering
from postgres_server import DATABASE, PostgresProblem, PostgresServer
from proxy import chained_log
from proxy.bundle.published import published_log
from proxy.console.audit.chain import Link, hash_of
from proxy.console.audit.head import head_file, write_head
from proxy.console.audit.importing import import_published
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.audit.verify import CHUNK, verify

pytestmark = pytest.mark.django_db


def faults(state: Path) -> list[str]:
    return [str(fault) for fault in verify(state).faults]


def cut_to(number: int) -> None:
    last = AuditRecord.objects.get(number=number)
    with tampering():
        run("DELETE FROM audit_auditrecord WHERE number > %s", number)
        run("UPDATE audit_audithead SET number = %s, hash = %s", number, last.hash)


def rewrite_from(number: int) -> None:
    """Change a record and compute all that follow anew, as somebody would who knows the chain."""
    records = list(AuditRecord.objects.filter(number__gte=number).order_by("number"))
    records[0].actor = "person:99"
    for before, record in zip([None, *records], records, strict=False):
        record.previous = before.hash if before else record.previous
        record.hash = hash_of(record)
    with tampering():
        for record in records:
            AuditRecord.objects.filter(number=record.number).update(
                actor=record.actor, previous=record.previous, hash=record.hash
            )
        AuditHead.objects.update(hash=records[-1].hash)


def test_an_empty_record_is_whole(tmp_path: Path) -> None:
    verified = verify(tmp_path)
    assert (verified.is_whole, verified.head, verified.first) == (True, Link(), None)


def test_a_record_as_it_was_written_is_whole(tmp_path: Path) -> None:
    last = acts(CHUNK + 5)[-1]
    write_head(tmp_path, AT)
    verified = verify(tmp_path)
    assert verified.faults == ()
    assert verified.head == Link(CHUNK + 5, last.hash)
    assert verified.first == AuditRecord.objects.get(number=1).at
    assert verified.witnessed_at == "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize("column", ["actor", "action", "about", "detail", "previous", "hash"])
def test_a_changed_column_is_found_and_the_record_is_named(tmp_path: Path, column: str) -> None:
    acts(6)
    value = getattr(AuditRecord.objects.get(number=4), column)
    tamper(f"UPDATE audit_auditrecord SET {column} = %s WHERE number = 4", value[:-1] + "~")
    assert faults(tmp_path) == ["record 4: was changed: its content does not fit its hash"]


def test_a_changed_time_is_found(tmp_path: Path) -> None:
    acts(3)
    earlier = "SELECT at FROM audit_auditrecord WHERE number = 1"
    tamper(f"UPDATE audit_auditrecord SET at = ({earlier}) WHERE number = 2")
    assert faults(tmp_path) == ["record 2: was changed: its content does not fit its hash"]


def test_a_gap_is_found(tmp_path: Path) -> None:
    acts(6)
    tamper("DELETE FROM audit_auditrecord WHERE number IN (3, 4)")
    assert faults(tmp_path) == ["record 3: is gone: the record after 2 is 5 (3 to 4 missing)"]


def test_two_records_that_changed_places_are_found(tmp_path: Path) -> None:
    acts(6)
    with tampering():
        for old, new in ((2, 100), (3, 2), (100, 3)):
            run("UPDATE audit_auditrecord SET number = %s WHERE number = %s", new, old)
    assert faults(tmp_path) == ["record 2: was changed: its content does not fit its hash"]


def test_a_record_put_in_its_place_with_a_hash_to_fit_is_found(tmp_path: Path) -> None:
    acts(6)
    forged = AuditRecord.objects.get(number=4)
    forged.actor = "person:99"
    tamper("UPDATE audit_auditrecord SET actor = 'person:99', hash = %s WHERE number = 4", hash_of(forged))
    assert faults(tmp_path) == ["record 4: was exchanged: record 5 follows another one than this"]


def test_an_end_cut_off_by_hand_is_found_by_the_row_of_the_head(tmp_path: Path) -> None:
    acts(6)
    tamper("DELETE FROM audit_auditrecord WHERE number > 4")
    assert faults(tmp_path) == ["record 5: is gone, with all up to 6: the end was cut off"]


def test_an_end_cut_off_with_care_is_found_by_the_file_of_heads(tmp_path: Path) -> None:
    acts(6)
    cut_to(4)
    assert faults(tmp_path) == []  # nobody else had seen them
    acts(2)
    write_head(tmp_path, AT)
    cut_to(4)
    assert faults(tmp_path) == [
        "record 5: is gone, with all up to 6, which was the last at 2026-11-23T09:00:00+00:00 "
        "(audit/head.jsonl, line 1): the end was cut off"
    ]


def test_a_chain_written_anew_is_found_by_the_file_of_heads(tmp_path: Path) -> None:
    acts(3)
    write_head(tmp_path, AT)
    acts(3)
    rewrite_from(5)
    assert faults(tmp_path) == []  # after the last head that was kept, nobody can tell
    rewrite_from(2)
    assert faults(tmp_path) == [
        "record 3: is not the one that was the last at 2026-11-23T09:00:00+00:00 (audit/head.jsonl, line 1): "
        "it or one before it was written anew, with all that follow"
    ]


@pytest.mark.parametrize("number", [0, -3])
def test_a_record_put_in_before_the_first_is_found(tmp_path: Path, number: int) -> None:
    acts(3)
    tamper(
        "INSERT INTO audit_auditrecord (number, at, actor, action, about, detail, previous, hash) "
        f"SELECT {number}, at, 'person:1', action, about, detail, previous, 'x' "
        "FROM audit_auditrecord WHERE number = 3"
    )
    assert faults(tmp_path) == [f"record {number}: is out of order: it comes after 0"]


def test_a_head_that_is_not_the_last_record_is_found(tmp_path: Path) -> None:
    acts(3)
    tamper("UPDATE audit_audithead SET hash = 'x'")
    assert faults(tmp_path) == ["record 3: is not the one that the head's row names"]


def test_a_head_that_is_gone_is_found(tmp_path: Path) -> None:
    acts(3)
    tamper("DELETE FROM audit_audithead")
    assert "the head's row is gone from the database" in faults(tmp_path)


def test_a_damaged_file_of_heads_is_named_after_the_record(tmp_path: Path) -> None:
    acts(3)
    write_head(tmp_path, AT)
    head_file(tmp_path).write_bytes(head_file(tmp_path).read_bytes().replace(b'"number":3', b'"number":1'))
    tamper("UPDATE audit_auditrecord SET actor = 'x' WHERE number = 2")
    assert faults(tmp_path) == [
        "record 2: was changed: its content does not fit its hash",
        "audit/head.jsonl, line 1: was changed: its content does not fit its hash",
    ]


def test_a_damaged_publish_log_is_named(tmp_path: Path) -> None:
    published_log(tmp_path).parent.mkdir()
    for revision in (1, 2):
        chained_log.append(published_log(tmp_path), {"revision": revision})
    published_log(tmp_path).write_bytes(published_log(tmp_path).read_bytes().replace(b'n":1', b'n":3', 1))
    assert faults(tmp_path) == [
        "bundle/published.log, line 1: was changed: its content does not fit its hash"
    ]


def test_a_publish_log_that_was_written_anew_is_found(tmp_path: Path) -> None:
    log = published_log(tmp_path)
    log.parent.mkdir()
    published = {"at": AT.isoformat(), "by": "cli:root", "part": "overlay", "revision": 1}
    chained_log.append(log, published)
    import_published(tmp_path, AT)
    assert faults(tmp_path) == []

    log.unlink()
    chained_log.append(log, {**published, "by": "cli:nobody"})
    assert faults(tmp_path) == [
        "bundle/published.log: the last line that the record has taken over is not in it"
    ]


def test_triggers_that_are_gone_are_named(tmp_path: Path) -> None:
    acts(2)
    on = "" if connection.vendor == "sqlite" else " ON audit_auditrecord"
    run(f"DROP TRIGGER audit_record_stays{on}")
    assert faults(tmp_path) == [
        "the database no longer refuses what it must: off, gone or changed: audit_record_stays"
    ]


def test_those_of_people_and_requests_too(tmp_path: Path) -> None:
    for name, table in (("people_duty_is_kept", "people_duty"), ("review_law_forbids", "review_decision")):
        run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    assert faults(tmp_path) == [
        "the database no longer refuses what it must: off, gone or changed: "
        "people_duty_is_kept, review_law_forbids"
    ]


def test_a_foreign_trigger_is_named(tmp_path: Path) -> None:
    acts(2)
    if connection.vendor == "sqlite":
        run("CREATE TRIGGER aaa AFTER INSERT ON review_opening BEGIN SELECT 1; END")
    else:
        run("CREATE RULE aaa AS ON INSERT TO review_opening DO ALSO SELECT 1")
    name = "aaa" if connection.vendor == "sqlite" else "rule aaa"
    assert faults(tmp_path) == [
        f"the database does what the console did not ask for: {name} on review_opening"
    ]


def test_a_record_added_past_the_head_is_found(tmp_path: Path) -> None:
    acts(4)
    tamper("UPDATE audit_audithead SET number = 2, hash = %s", AuditRecord.objects.get(number=2).hash)
    assert faults(tmp_path) == ["record 3: was added past the head's row, without being asked to follow it"]


@pytest.mark.skipif(DATABASE not in os.environ, reason="of PostgreSQL's superuser")
@pytest.mark.django_db(transaction=True)
def test_a_row_changed_by_the_superuser_with_triggers_off_is_found(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    acts(6)
    database = str(connection.settings_dict["NAME"])
    change = "UPDATE audit_auditrecord SET detail = '{}' WHERE number = 4"
    with pytest.raises(PostgresProblem, match="a record is never changed"):
        postgres_server.as_superuser(change, database)
    postgres_server.as_superuser(f"SET session_replication_role = replica; {change}", database)
    assert faults(tmp_path) == ["record 4: was changed: its content does not fit its hash"]
