"""How does a process become one of the console's?"""

import logging
import os
import time

import django

from proxy.console.site.config import ConsoleConfig, use

QUIET = {
    # A line for every mistyped address would hide what matters; faults are said.
    "django.request": logging.ERROR,
    "django.security.DisallowedHost": logging.CRITICAL,
    # What people type at the log-in is theirs; the audit log has every try.
    "axes": logging.CRITICAL,
    "allauth": logging.ERROR,
}
SETTINGS = "proxy.console.site.settings"


def set_up(config: ConsoleConfig) -> None:
    """Configure Django for this process; once, before any model is imported.

    Raises NoConsole when the settings have no console, SecretProblem when a secret cannot be used.
    """
    _ = config.console
    use(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    zone = os.environ.get("TZ")
    django.setup()
    _keep_zone(zone)


def _keep_zone(zone: str | None) -> None:
    """Keep the machine's time zone for this process: all parts of the gateway write one log."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()
