"""What the console's processes go by."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from proxy.console.site.config import NoConsole, config


def test_the_running_one_is_the_demos_school():
    running = config()
    assert (running.url, running.zone, running.language) == (
        "http://127.0.0.1:9380",
        ZoneInfo("America/Chicago"),
        "en",
    )
    assert running.demo is False
    assert {running.database_file.parent, running.secret_file.parent, running.static_folder.parent} == {
        running.state / "console"
    }


def test_settings_without_a_console_have_none():
    running = config()
    without = replace(running, settings=running.settings.model_copy(update={"console": None}))
    with pytest.raises(NoConsole, match="have no `console`"):
        _ = without.url


def test_keys_can_be_changed_for_one_test(with_console):
    assert config().console.appeal_days == 10
    with_console(appeal_days=3)
    assert config().console.appeal_days == 3
