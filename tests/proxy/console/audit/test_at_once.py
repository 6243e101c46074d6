"""Several processes append, take over and publish at once, and some are killed: one chain, nothing twice."""

import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from audited import AT, acts
from forked import alone, at_once, dying_at
from proxy import chained_log
from proxy.bundle.layout import Layout, Part
from proxy.bundle.published import published_log
from proxy.console.audit.append import append
from proxy.console.audit.head import witnessed, write_head
from proxy.console.audit.importing import Imported, import_published
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.audit.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)
LATER = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)  # than any publication of a test
EACH = 20


def appending(actor: str) -> Callable[[], None]:
    """Append some records, each in a transaction of its own."""

    def many() -> None:
        for number in range(EACH):
            with transaction.atomic():
                append("case.claim", actor=actor, about=f"case:{number}", at=AT)

    return many


def test_processes_that_append_at_once_make_one_chain_without_gaps(tmp_path: Path) -> None:
    ended = at_once([appending(f"cli:{name}") for name in "abcd"])

    assert [(end.raised, end.words) for end in ended] == [(None, "")] * 4
    assert verify(tmp_path).faults == ()
    records = list(AuditRecord.objects.order_by("number").values_list("number", "actor", "about"))
    assert [number for number, _, _ in records] == list(range(1, 4 * EACH + 1))
    for name in "abcd":
        own = [about for _, actor, about in records if actor == f"cli:{name}"]
        assert own == [f"case:{number}" for number in range(EACH)]


def test_one_who_gives_up_leaves_no_gap_for_those_who_wait(tmp_path: Path) -> None:
    def give_up() -> None:
        with transaction.atomic():
            append("case.deny", actor="cli:z", at=AT)
            raise ZeroDivisionError

    ended = at_once([appending("cli:a"), give_up, appending("cli:b"), give_up])
    assert [end.raised for end in ended].count("ZeroDivisionError") == 2
    assert verify(tmp_path).faults == ()
    assert AuditHead.objects.get().number == AuditRecord.objects.count() == 2 * EACH


def test_one_who_is_killed_while_appending_leaves_all_or_nothing(tmp_path: Path) -> None:
    def act() -> None:
        with transaction.atomic():
            append("case.deny", actor="cli:z", at=AT)

    killed = 0
    for point in range(12):
        acts(1)
        before = AuditRecord.objects.count()
        ended = alone(dying_at(point, act))
        kept = AuditRecord.objects.count() - before
        assert kept in (0, 1)
        assert ended.killed or kept == 1  # acknowledged is kept
        killed += ended.killed
    acts(1)
    assert verify(tmp_path).faults == ()
    assert 3 < killed < 12


def publish(state: Path, count: int, after: int = 0) -> None:
    published_log(state).parent.mkdir(exist_ok=True)
    for revision in range(after + 1, after + count + 1):
        body = {"at": AT.isoformat(), "by": "cli:root", "part": "overlay", "revision": revision}
        chained_log.append(published_log(state), body)


def test_readers_of_the_publish_log_at_once_take_each_line_over_once(tmp_path: Path) -> None:
    publish(tmp_path, 30)
    ended = at_once([lambda: import_published(tmp_path, LATER).lines] * 4)
    assert [end.raised for end in ended] == [None] * 4
    assert sum(end.returned for end in ended) == 30
    assert [r.about for r in AuditRecord.objects.order_by("number")] == [f"overlay:{n}" for n in range(1, 31)]


def test_a_reader_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    killed = 0
    for point in range(0, 26, 2):
        publish(tmp_path, 3, after=point // 2 * 3)
        killed += alone(dying_at(point, lambda: import_published(tmp_path, LATER).lines)).killed
        import_published(tmp_path, LATER)
        assert import_published(tmp_path, LATER) == Imported()
    recorded = [r.about for r in AuditRecord.objects.order_by("number")]
    assert recorded == [f"overlay:{n}" for n in range(1, 3 * 13 + 1)]
    assert verify(tmp_path).faults == ()
    assert 5 < killed < 13


def test_heads_that_are_written_at_once_go_on_from_each_other(tmp_path: Path) -> None:
    def write() -> None:
        for _ in range(10):
            with transaction.atomic():
                append("case.claim", actor="cli:a", at=AT)
            write_head(tmp_path, AT)

    ended = at_once([write] * 3)
    assert [(end.raised, end.words) for end in ended] == [(None, "")] * 3
    write_head(tmp_path, AT)  # whoever is overtaken leaves what is newer to the next look
    assert verify(tmp_path).faults == ()
    numbers = [seen.link.number for seen in witnessed(tmp_path)]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 30


PUBLISHER = """
import sys
from pathlib import Path
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
publish_overlay(Overlay(), Path(sys.argv[1]))
print("ready", flush=True)
while True:
    publish_overlay(Overlay(), Path(sys.argv[1]))
    print("again", flush=True)
"""


def test_publishers_killed_at_any_moment_leave_a_record_of_every_revision(tmp_path: Path) -> None:
    chance = random.Random(5)
    for round_ in range(6):
        publisher = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(tmp_path)], stdout=subprocess.PIPE)
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"ready\n"
        if round_ % 2:
            assert publisher.stdout.readline() == b"again\n"
        select.select([], [], [], chance.uniform(0.0, 0.05))
        os.kill(publisher.pid, signal.SIGKILL)
        publisher.wait()
        publisher.stdout.close()
        assert import_published(tmp_path, LATER).faults == ()

    last = Layout(tmp_path).current(Part.OVERLAY)
    assert last is not None
    assert last >= 6 + 3
    recorded = [r.about for r in AuditRecord.objects.order_by("number")]
    assert recorded == [f"overlay:{n}" for n in range(1, last + 1)]
    assert verify(tmp_path).faults == ()
