"""A record of some acts, and ways to tamper with it that the database would refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from lifted_triggers import lifted_triggers
from proxy.console.audit.append import append
from proxy.console.audit.models import AuditRecord

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def acts(count: int, using: str = DEFAULT_DB_ALIAS, **what: Any) -> list[AuditRecord]:
    """Append some records, one a minute."""
    with transaction.atomic(using=using):
        return [
            append(
                what.get("action", "case.claim"),
                actor=what.get("actor", "person:17"),
                about=what.get("about", f"case:{number}"),
                detail={"note": f"act {number}"},
                at=AT + timedelta(minutes=number),
                using=using,
            )
            for number in range(1, count + 1)
        ]


def tamper(statement: str, *values: object) -> None:
    """Run SQL as somebody who has taken the triggers off, and lay them again."""
    with tampering():
        run(statement, *values)


def run(statement: str, *values: object) -> None:
    """Run SQL as it is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def tampering() -> Iterator[None]:
    """Take the triggers off for a while."""
    with lifted_triggers(connection, tables_of="audit_"):
        yield
