"""Which part of the console is this?"""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Requests, decisions and what they open."""

    name = "proxy.console.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"
