"""Which part of the console is this?"""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figures, charts and exports."""

    name = "proxy.console.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
