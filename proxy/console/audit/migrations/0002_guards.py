"""The head's row, and the triggers that keep the record as it was written."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from proxy.console.audit import guards, triggers


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the head, then guard it."""
    apps.get_model("audit", "AuditHead").objects.using(schema_editor.connection.alias).create(id=1)
    triggers.lay(schema_editor.connection, guards.rules)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(forwards)]
