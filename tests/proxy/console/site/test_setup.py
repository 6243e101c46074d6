"""How a process becomes one of the console's."""

import logging

import pytest

from console_settings import DEMO
from proxy.console.site.config import NoConsole, config
from proxy.console.site.setup import QUIET, set_up
from proxy.settings.loading import load


def test_settings_without_a_console_are_refused_before_anything_changes():
    running = config()
    without = load(DEMO).settings.model_copy(update={"console": None})
    with pytest.raises(NoConsole):
        set_up(type(running)(without, running.state, running.config_dir))
    assert config() is running


def test_what_people_type_at_the_log_in_is_in_no_log():
    assert QUIET["axes"] == logging.CRITICAL
