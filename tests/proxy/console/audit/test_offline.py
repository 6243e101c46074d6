"""The record while the console does not run; `tests/proxy/commands/test_audit.py` has it as processes."""

import json
from pathlib import Path

import pytest
from django.db import connection, transaction

from audited import AT, acts, run
from proxy.console.audit.laid import Before, before_update
from proxy.console.audit.models import AuditRecord
from proxy.console.audit.offline import NoRecord, checked, exported_lines, guarded
from proxy.console.audit.triggers import digests, of_all_apps

pytestmark = pytest.mark.django_db


def test_all_records_are_exported_and_that_they_were_is_the_last(tmp_path: Path) -> None:
    acts(2)
    lines = [json.loads(line) for line in exported_lines("cli:root", AT)]
    assert [(line["number"], line["action"], line["actor"]) for line in lines] == [
        (1, "case.claim", "person:17"),
        (2, "case.claim", "person:17"),
        (3, "audit.export", "cli:root"),
    ]
    assert checked(tmp_path).is_whole


def test_triggers_that_are_gone_are_laid_again_and_that_is_recorded(tmp_path: Path) -> None:
    assert guarded("cli:root", AT) == []
    for name, table in (("audit_record_stays", "audit_auditrecord"), ("people_duty_is_kept", "people_duty")):
        run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    assert not checked(tmp_path).is_whole

    assert guarded("cli:root", AT) == ["audit_record_stays", "people_duty_is_kept"]
    assert checked(tmp_path).is_whole
    record = AuditRecord.objects.get()
    assert record.action == "audit.guarded"
    assert json.loads(record.detail)["laid"] == ["audit_record_stays", "people_duty_is_kept"]
    assert before_update() == Before(digests(connection.vendor, of_all_apps))


def test_a_database_without_a_record_is_told_on_one_line(tmp_path: Path) -> None:
    said = r"^the database cannot be used: .*audit_audithead.*$"
    with pytest.raises(NoRecord, match=said), transaction.atomic():
        _take_the_head_away_and_check(tmp_path)


def _take_the_head_away_and_check(state: Path) -> None:
    run("ALTER TABLE audit_audithead RENAME TO gone")
    checked(state)
