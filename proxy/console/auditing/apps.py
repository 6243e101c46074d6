"""Which part of the console is this?"""

from django.apps import AppConfig


class AuditingConfig(AppConfig):
    """The record's pages."""

    name = "proxy.console.auditing"
    label = "auditing"
