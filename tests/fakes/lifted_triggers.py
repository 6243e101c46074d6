"""A pytest plugin: tables whose triggers refuse deletion can be emptied after a test that committed.

Django empties all tables after a transactional test. The console's triggers are there to refuse exactly that,
so they are lifted for this one moment and laid again, as they were; then the audit log's head is put back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

_POSTGRESQL = """SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"""


@contextmanager
def lifted_triggers(connection: BaseDatabaseWrapper, tables_of: str = "") -> Iterator[None]:
    """Take triggers off for a while.

    tables_of   only those of tables whose name begins so; "": all
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            laid = [(name, sql) for name, sql, table in cursor.fetchall() if table.startswith(tables_of)]
            off = [f'DROP TRIGGER "{name}"' for name, _ in laid]
            on = [sql for _, sql in laid]
        else:
            cursor.execute(_POSTGRESQL)
            tables = [table for (table,) in cursor.fetchall() if table.startswith(tables_of)]
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    _run(connection, off)
    try:
        yield
    finally:
        _run(connection, on)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _emptying(empty: Any) -> Any:
    @wraps(empty)
    def lifting(self: TransactionTestCase) -> None:
        from proxy.console.audit.models import AuditHead

        with lifted_triggers(connections[DEFAULT_DB_ALIAS]):
            empty(self)
        AuditHead.objects.get_or_create(id=1)

    return lifting


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Have every transactional test lift them, once."""
    empty = TransactionTestCase._fixture_teardown
    if not hasattr(empty, "__wrapped__"):
        TransactionTestCase._fixture_teardown = _emptying(empty)
