"""Which part of the console is this?"""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """What was seen of ways around the filter, and what adults made of it."""

    name = "proxy.console.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"
