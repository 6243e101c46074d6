"""Publications made at the command line get into the record."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audited import acts
from proxy import chained_log
from proxy.bundle.layout import Layout
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, revise_overlay
from proxy.bundle.published import account, published_log
from proxy.console.audit.importing import AT_ONCE, Imported, import_published
from proxy.console.audit.models import AuditRecord
from proxy.decision.policy import Correction

pytestmark = pytest.mark.django_db
AT = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)  # later than any publication of a test
MENDED = Overlay(corrections=(Correction("c-1", "clinic.example", "games", "a clinic", ("library",)),))


def recorded() -> list[tuple[str, str, str]]:
    return list(AuditRecord.objects.order_by("number").values_list("action", "actor", "about"))


def detail(number: int) -> Any:
    return json.loads(AuditRecord.objects.get(number=number).detail)


def said(revision: int = 1, **more: object) -> dict[str, object]:
    at = "2026-11-23T08:00:00+00:00"
    return {"at": at, "by": "cli:root", "part": "overlay", "revision": revision, "sha256": "ab", **more}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = published_log(tmp_path)
    path.parent.mkdir()
    return path


def test_each_publication_is_taken_over_once_and_in_order(tmp_path: Path) -> None:
    publish_overlay(Overlay(), tmp_path)
    publish_overlay(MENDED, tmp_path)
    assert import_published(tmp_path, AT) == Imported(2)
    acts(1)
    revise_overlay(lambda overlay: Overlay(), tmp_path)

    assert import_published(tmp_path, AT) == Imported(1)
    assert import_published(tmp_path, AT) == Imported()
    assert recorded() == [
        ("bundle.publish", account(), "overlay:1"),
        ("bundle.publish", account(), "overlay:2"),
        ("case.claim", "person:17", "case:1"),
        ("bundle.publish", "console", "overlay:3"),
    ]
    line = list(chained_log.read(published_log(tmp_path)))[1]
    assert detail(2) == {
        "line": 2,
        "hash": line.hash,
        "begins": line.begins,
        "sha256": line.body["sha256"],
        "changes": {
            "overrides": 0,
            "corrections": 1,
            "permits": 0,
            "new": ["c-1"],
            "changed": [],
            "ended": [],
        },
        "taken_over": AT.isoformat(),
    }
    assert AuditRecord.objects.get(number=2).at == datetime.fromisoformat(line.body["at"])


def test_without_any_publication_nothing_is_done(tmp_path: Path) -> None:
    assert import_published(tmp_path, AT) == Imported()
    assert recorded() == []


def test_what_came_into_force_without_a_line_is_recorded_as_of_nobody_known(tmp_path: Path) -> None:
    publish_overlay(Overlay(), tmp_path)
    published_log(tmp_path).unlink()
    assert import_published(tmp_path, AT) == Imported(1)
    assert recorded() == [("bundle.publish", "unknown", "overlay:1")]


def test_more_lines_than_fit_one_transaction_are_all_taken_over(log: Path, tmp_path: Path) -> None:
    for revision in range(1, AT_ONCE + 3):
        chained_log.append(log, said(revision))
    assert import_published(tmp_path, AT) == Imported(AT_ONCE + 2)
    assert [about for _, _, about in recorded()] == [f"overlay:{n}" for n in range(1, AT_ONCE + 3)]


def test_a_changed_line_is_named_once_and_the_others_are_taken_over(log: Path, tmp_path: Path) -> None:
    for revision in range(1, 4):
        chained_log.append(log, said(revision))
    log.write_bytes(log.read_bytes().replace(b'"revision":2', b'"revision":7'))

    what = "line 2: was changed: its content does not fit its hash"
    assert import_published(tmp_path, AT) == Imported(2, (what,))
    assert import_published(tmp_path, AT) == Imported()
    assert recorded() == [
        ("bundle.publish", "cli:root", "overlay:1"),
        ("bundle.log_broken", "timers", "bundle:published.log"),
        ("bundle.publish", "cli:root", "overlay:3"),
    ]
    assert (detail(2)["what"], detail(2)["says"]["revision"]) == (what, 7)


def test_a_log_that_was_written_anew_is_named_and_nothing_is_taken_over_twice(
    log: Path, tmp_path: Path
) -> None:
    for revision in range(1, 4):
        chained_log.append(log, said(revision))
    import_published(tmp_path, AT)
    first = log.read_bytes().splitlines(keepends=True)[0]
    log.write_bytes(first)
    chained_log.append(log, said(9))

    gone = "the line up to which it was read is gone or is another one now"
    assert import_published(tmp_path, AT) == Imported(1, (gone,))
    assert import_published(tmp_path, AT) == Imported()
    chained_log.append(log, said(10))
    assert import_published(tmp_path, AT) == Imported(1)
    assert [(action, about) for action, _, about in recorded()] == [
        ("bundle.publish", "overlay:1"),
        ("bundle.publish", "overlay:2"),
        ("bundle.publish", "overlay:3"),
        ("bundle.publish", "overlay:9"),
        ("bundle.log_broken", "bundle:published.log"),
        ("bundle.publish", "overlay:10"),
    ]


def test_a_log_that_is_gone_is_named_once(log: Path, tmp_path: Path) -> None:
    chained_log.append(log, said())
    import_published(tmp_path, AT)
    log.unlink()
    assert len(import_published(tmp_path, AT).faults) == 1
    assert import_published(tmp_path, AT) == Imported()
    chained_log.append(log, said(2))
    assert import_published(tmp_path, AT) == Imported(1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"by": "person:17"}, ("unknown", "overlay:1"), id="nobody at a command line is a person"
        ),
        pytest.param({"by": "cli:a b\n"}, ("unknown", "overlay:1"), id="no account"),
        pytest.param({"by": ["cli:root"]}, ("unknown", "overlay:1"), id="no text"),
        pytest.param({"part": "case"}, ("cli:root", "bundle:published.log"), id="another part"),
        pytest.param({"revision": True}, ("cli:root", "bundle:published.log"), id="no revision"),
        pytest.param({"at": "2999-01-01T00:00:00+00:00"}, ("cli:root", "overlay:1"), id="a time to come"),
        pytest.param({"at": "2026-11-23T08:00:00"}, ("cli:root", "overlay:1"), id="a time without a zone"),
        pytest.param({"at": 5, "changes": {"x": ["\u0000"]}}, ("cli:root", "overlay:1"), id="no time"),
    ],
)
def test_what_a_line_claims_is_taken_with_care(
    log: Path, tmp_path: Path, body: dict[str, object], expected: tuple[str, str]
) -> None:
    chained_log.append(log, said(**body))
    assert import_published(tmp_path, AT) == Imported(1)
    assert [(actor, about) for _, actor, about in recorded()] == [expected]
    at = AuditRecord.objects.get().at
    assert at == (AT if "at" in body else datetime(2026, 11, 23, 8, tzinfo=UTC))


def test_it_goes_on_after_other_records_and_other_readers(log: Path, tmp_path: Path) -> None:
    for revision in range(1, 4):
        chained_log.append(log, said(revision))
        acts(2)
        assert import_published(tmp_path, AT + timedelta(minutes=revision)).lines == 1
    assert Layout(tmp_path).directory == log.parent
