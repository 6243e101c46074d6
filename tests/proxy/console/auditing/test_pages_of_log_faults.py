"""What is wrong with the publish log stands on the record's pages until somebody has looked at it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from console_people import logged_in, on_duty, teacher
from proxy.bundle.published import published_log
from proxy.console.audit.importing import import_published
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.site.config import config, use
from review_office import MONDAY

WORDS = "Something is wrong with the publish log"
PAGES = ["/audit/", "/audit/verify/"]


@pytest.fixture
def broken(db: None, tmp_path: Path) -> Iterator[int]:
    """The number of the record that says of a fault."""
    before = config()
    use(replace(before, state=tmp_path))
    log = published_log(tmp_path)
    log.parent.mkdir(parents=True)
    log.write_text('{"number": 7}\n')
    assert import_published(tmp_path, MONDAY).faults
    yield AuditRecord.objects.filter(action="bundle.log_broken").latest("number").number
    use(before)


def shown_on(reader: Client) -> list[bool]:
    return [WORDS in reader.get(path).content.decode() for path in PAGES]


@pytest.mark.parametrize("kind", [DutyKind.AUDITOR, DutyKind.ADMINISTRATOR])
def test_it_is_shown_until_somebody_has_looked(broken: int, kind: DutyKind) -> None:
    person = on_duty(kind)
    reader = logged_in(person)
    assert shown_on(reader) == [True, True]
    page = reader.get("/audit/verify/").content.decode()
    assert f'name="seen" value="{broken}"' in page
    assert f'href="/audit/{broken}/"' in page
    assert shown_on(reader) == [True, True]  # to open a page is not to have looked

    assert reader.post("/audit/verify/", {"seen": str(broken)}).status_code == 302

    assert shown_on(reader) == [False, False]
    seen = AuditRecord.objects.get(action="bundle.log_seen")
    assert (seen.actor, json.loads(seen.detail)) == (f"person:{person.pk}", {"up_to": broken})
    assert not AuditRecord.objects.filter(action="audit.verify").exists()


@pytest.mark.parametrize("seen", ["x", "-1", "²", "9" * 40])
def test_a_number_that_is_none_is_nothing_to_have_looked_at(broken: int, seen: str) -> None:
    reader = logged_in(on_duty(DutyKind.AUDITOR))
    assert reader.post("/audit/verify/", {"seen": seen}).status_code == 302
    assert shown_on(reader) == [True, True]


def test_nobody_else_says_that_they_have_looked(broken: int) -> None:
    assert logged_in(teacher()).post("/audit/verify/", {"seen": str(broken)}).status_code == 403
    assert not AuditRecord.objects.filter(action="bundle.log_seen").exists()
