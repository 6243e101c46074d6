"""How Django is set up."""

import subprocess
import sys

import pytest
from django.conf import settings

from running_filter import PROJECT

LOOK = """
import sys
from pathlib import Path
from proxy.settings.loading import load
from proxy.console.site.config import ConsoleConfig
from proxy.console.site.setup import set_up
loaded = load(Path("config/demo")).settings
console = loaded.console.model_copy(update={"url": sys.argv[2]})
set_up(ConsoleConfig(loaded.model_copy(update={"console": console}), Path(sys.argv[1]), Path("config/demo")))
from django.conf import settings
for name in sys.argv[3:]:
    print(getattr(settings, name))
"""


def settings_of(state, url, *names):
    """Settings in a process of their own, for a console at another address."""
    words = [sys.executable, "-c", LOOK, str(state), url, *names]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


COOKIES = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://ask.example.org",
            ["True", "True", "True", "31536000", "__Host-session", "['ask.example.org']"],
        ),
        ("http://127.0.0.1:9380", ["False", "False", "False", "0", "session", "['127.0.0.1']"]),
    ],
)
def test_cookies_and_transport_follow_the_address(tmp_path, url, expected):
    assert settings_of(tmp_path, url, *COOKIES, "SESSION_COOKIE_NAME", "ALLOWED_HOSTS") == expected


def test_scripts_cannot_read_cookies_and_nothing_is_debugged():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.DEBUG is False
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_the_clocks_zone_is_left_to_the_machine(tmp_path):
    look = LOOK.replace("for name in", "import os\nprint(os.environ.get('TZ', 'none'))\nfor name in")
    words = [sys.executable, "-c", look, str(tmp_path), "http://127.0.0.1:9380", "TIME_ZONE"]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "America/Chicago"
    assert done.stdout.splitlines()[0] == __import__("os").environ.get("TZ", "none")
