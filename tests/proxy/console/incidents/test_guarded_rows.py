"""The words of SQL that guards are made of, asked of the database itself."""

from typing import Any

import pytest
from django.db import connection

from proxy.console.incidents.guarded_rows import longer_than, names_any, now

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"


def ask(condition: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CASE WHEN {condition} THEN 1 ELSE 0 END")
        row: Any = cursor.fetchone()
    return bool(row[0])


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("{}", False),
        ('{"who": []}', False),
        ('{"who": ["a"]}', True),
        ('{"who": [], "groups": ["a"]}', True),
        ('{"within": ["a"]}', False),
    ],
)
def test_whom_an_audience_names(audience: str, expected: bool) -> None:
    column = f"'{audience}'" + ("::jsonb" if ON_POSTGRESQL else "")
    assert ask(names_any(column, ("who", "groups"), connection.vendor)) is expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("2026-12-01 09:00:00", False),
        ("2026-12-01 09:00:00.000001", ON_POSTGRESQL),  # SQLite counts to the millisecond
        ("2026-12-01 09:00:01", True),
        ("9000-01-01 00:00:00", True),
    ],
)
def test_how_long_something_lasts(ends: str, expected: bool) -> None:
    kind = "timestamptz " if ON_POSTGRESQL else ""
    begins, ends = (f"{kind}'{moment}'" for moment in ("2026-11-30 09:00:00", ends))
    assert ask(longer_than(1, begins, ends, connection.vendor)) is expected


def test_the_database_has_a_clock() -> None:
    kind = "timestamptz " if ON_POSTGRESQL else ""
    assert ask(f"{now(connection.vendor)} > {kind}'2024-01-01 00:00:00'")
