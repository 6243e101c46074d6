"""A console that really runs, for tests that only look at it."""

from collections.abc import Iterator

import pytest

from running_console import RunningConsole


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    """The console on SQLite, as a process."""
    with RunningConsole(tmp_path_factory.mktemp("console")) as running:
        yield running
