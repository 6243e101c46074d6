"""Which part of the console is this?"""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The hash-chained audit log."""

    name = "proxy.console.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
