"""Which part of the console is this?"""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """The frame, the style sheet and the parts of all pages."""

    name = "proxy.console.look"
    label = "look"
