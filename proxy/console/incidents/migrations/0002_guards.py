"""The triggers by which the database itself keeps the procedure."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from proxy.console.audit import triggers
from proxy.console.incidents import guards


def forwards(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Guard the tables."""
    triggers.lay(schema_editor.connection, guards.rules)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_incidents"), ("review", "0002_guards")]

    operations = [migrations.RunPython(forwards)]
