"""The triggers by which the database itself keeps the procedure."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from proxy.console.audit import triggers
from proxy.console.review import guards


def forwards(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Guard the tables."""
    triggers.lay(schema_editor.connection, guards.rules)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_requests")]

    operations = [migrations.RunPython(forwards)]
