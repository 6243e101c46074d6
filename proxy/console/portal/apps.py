"""Which part of the console is this?"""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Asking, and what became of it."""

    name = "proxy.console.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
