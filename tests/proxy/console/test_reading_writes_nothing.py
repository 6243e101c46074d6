"""Whoever follows a link changes nothing: every address, read by somebody who may, with every write watched.

A link can be followed by a program that looks ahead, or from a foreign page. What is only read may therefore
do no more than go on with a session.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from console_people import logged_in
from console_routes import address, routes
from proxy.console.audit.models import AuditRecord
from valley_high import Page, ValleyHigh, pages, valley_high

pytestmark = pytest.mark.django_db
WRITES = re.compile(
    r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(?P<table>\w+)', re.I
)
OF_SESSIONS = {"django_session", "usersessions_usersession"}
MAY_WRITE = {
    "openid_connect_callback": "is the log-in itself: the identity provider sends people there by a link",
}


@pytest.fixture
def school(db, tmp_path) -> Iterator[ValleyHigh]:
    with valley_high(tmp_path) as made:
        yield made


@contextmanager
def watched() -> Iterator[list[str]]:
    """The statements that write into anything but sessions."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found["table"].lower() not in OF_SESSIONS:
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def every_address(school: ValleyHigh) -> Iterator[Page]:
    """Every page as somebody sees it, and every other route with ids that nobody has, for some people."""
    yield from pages(school)
    looked_at = {page.route for page in pages(school)}
    for name, pattern in routes():
        if name not in looked_at:
            for login in ("", "mokafor", "rcastillo", "reviewer", "auditor", "admin"):
                yield Page(name, name, address(pattern, name), login)


def test_the_watch_sees_what_is_written(school):
    with watched() as seen:
        logged_in(school.auditor).post("/audit/record.csv")
    assert any("audit_auditrecord" in sql for sql in seen)


def test_reading_writes_nothing(school):
    browsers = {login: logged_in(person) for login, person in school.people.items()} | {"": Client()}
    for browser in browsers.values():
        browser.get("/")
    before = AuditRecord.objects.count()
    wrong = []
    for page in every_address(school):
        if page.route in MAY_WRITE:
            continue
        with watched() as seen:
            browsers[page.by].get(page.path)
        if seen:
            wrong.append((page.name, page.by, seen))
    assert wrong == []
    assert AuditRecord.objects.count() == before
