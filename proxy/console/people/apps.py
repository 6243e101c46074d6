"""Which part of the console is this?"""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, duties and log-ins."""

    name = "proxy.console.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Begin to record log-ins."""
        from proxy.console.people.auditing import connect

        connect()
