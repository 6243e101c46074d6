"""An older database that was put back."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from audited import AT, acts, run, tampering
from proxy.console.audit.head import head_file, write_head
from proxy.console.audit.models import AuditRecord
from proxy.console.audit.restoring import NothingRestored, Restored, say_restored
from proxy.console.audit.verify import verify

pytestmark = pytest.mark.django_db


def put_back_to(number: int) -> None:
    last = AuditRecord.objects.get(number=number)
    with tampering():
        run("DELETE FROM audit_auditrecord WHERE number > %s", number)
        run("UPDATE audit_audithead SET number = %s, hash = %s", number, last.hash)


@pytest.mark.parametrize("since", [0, 2, 5], ids=["at once", "after fewer acts", "after more acts"])
def test_it_is_recorded_what_is_missing_and_the_chain_goes_on(tmp_path: Path, since: int) -> None:
    lost = acts(6)[-1]
    write_head(tmp_path, AT)
    put_back_to(3)
    acts(since)
    assert not verify(tmp_path).is_whole

    later = AT + timedelta(hours=1)
    aside = head_file(tmp_path).with_name("head-until-20261123T100000Z.jsonl")
    assert say_restored(tmp_path, "the disk died", "cli:root", later) == Restored(4 + since, aside)

    record = AuditRecord.objects.get(number=4 + since)
    assert (record.action, record.actor) == ("audit.restored", "cli:root")
    assert json.loads(record.detail) == {
        "because": "the disk died",
        "kept_record": 6,
        "kept_head": lost.hash,
        "kept_at": "2026-11-23T09:00:00+00:00",
        "goes_on_after": 3 + since,
    }
    assert verify(tmp_path).faults == ()
    assert verify(tmp_path).witnessed_at == later.isoformat()
    assert aside.exists()


def test_where_nothing_is_missing_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingRestored):
        say_restored(tmp_path, "why not", "cli:root", AT)
    acts(3)
    write_head(tmp_path, AT)
    acts(1)
    before = head_file(tmp_path).read_bytes()
    with pytest.raises(NothingRestored):
        say_restored(tmp_path, "why not", "cli:root", AT)
    assert AuditRecord.objects.count() == 4
    assert head_file(tmp_path).read_bytes() == before
