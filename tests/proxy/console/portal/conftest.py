"""What tests of the portal have at hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.console.site import clock
from proxy.console.site.config import config, use
from review_office import MONDAY, Office


@pytest.fixture
def office(db: None) -> Office:
    """A school's people, made as they are mentioned."""
    return Office()


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """It is Monday, 30 November 2026, nine o'clock at the school."""
    clock.set_to(MONDAY)
    yield
    clock.set_to(None)


@pytest.fixture
def with_state(tmp_path: Path) -> Iterator[Path]:
    """A gateway's state directory of this test's own."""
    before = config()
    use(replace(before, state=tmp_path))
    yield tmp_path
    use(before)
