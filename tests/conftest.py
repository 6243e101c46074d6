"""What holds for every test."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's affair, on CI and elsewhere.
_HERE = settings.get_profile(settings.get_current_profile_name())
settings.register_profile("no hurry", _HERE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no hurry")

pytest_plugins = ["postgres_server", "lifted_triggers", "browsed_pages", "incident_school"]


@pytest.fixture(autouse=True)
def operator_log_of_its_own() -> Iterator[None]:
    """Take away log handlers of commands that a test ran in its own process: their stderr ends with it."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
