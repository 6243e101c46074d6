"""What tests of the console have at hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from proxy.console.site import clock
from proxy.console.site.config import ConsoleConfig, config, use


@pytest.fixture(autouse=True)
def in_the_schools_language() -> Iterator[None]:
    """Take back the language that a page or a letter was last written in: it stays with the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Stop the console's clock: `at("2026-11-23T09:00-06:00")` sets it and returns the moment."""

    def set_to(text: str) -> datetime:
        clock.set_to(datetime.fromisoformat(text))
        return clock.now()

    yield set_to
    clock.set_to(None)


@pytest.fixture
def with_console() -> Iterator[Callable[..., ConsoleConfig]]:
    """Change settings of the console for one test: `with_console(appeal_days=3)`."""
    before = config()

    def change(**keys: Any) -> ConsoleConfig:
        running = config()
        console = running.console.model_copy(update=keys)
        use(replace(running, settings=running.settings.model_copy(update={"console": console})))
        return config()

    yield change
    use(before)
