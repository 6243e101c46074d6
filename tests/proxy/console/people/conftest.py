"""What tests about people have at hand."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache

from console_people import on_duty
from proxy.console.people.duties import DutyKind
from school_roster import School


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Passwords hashed in milliseconds; the hash itself is the real one."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)


@pytest.fixture
def nothing_counted(db):
    """Counters of tries are those of the test alone."""
    cache.clear()


@pytest.fixture
def admin(db):
    """An administrator of every school."""
    return on_duty(DutyKind.ADMINISTRATOR, login="admin", school="")


@pytest.fixture
def school(db, tmp_path, with_console):
    """A school with a small roster."""
    return School(tmp_path, with_console)
