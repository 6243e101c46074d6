"""Which part of the console is this?"""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """Queued mail."""

    name = "proxy.console.post"
    label = "post"
    default_auto_field = "django.db.models.BigAutoField"
