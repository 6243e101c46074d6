"""A school's office, whose requests are counted."""

from collections.abc import Callable

import pytest

from proxy.console.site.config import ConsoleConfig
from proxy.settings.schema.console import ConsoleSettings, SchoolHoursOfDay
from review_office import Office


@pytest.fixture
def office(db: None, with_console: Callable[..., ConsoleConfig]) -> Office:
    """A school's people, made as they are mentioned. School hours are 8:00 to 16:00 in Chicago."""
    usual = ConsoleSettings(url="http://127.0.0.1:9380")
    names = ("due", "appeal_days", "remind_before", "requests_per_day", "requests_per_shared_device")
    with_console(hours=SchoolHoursOfDay(), **{name: getattr(usual, name) for name in names})
    return Office()
