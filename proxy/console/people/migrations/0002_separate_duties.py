"""The triggers about people, and the table in which all processes count tries and note used codes."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from proxy.console.audit import triggers
from proxy.console.people import guards


def refuse(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Guard the tables."""
    triggers.lay(schema_editor.connection, guards.rules)


def make_cache(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table of the cache."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """Neither can be taken back."""

    dependencies = [("people", "0001_people")]

    operations = [migrations.RunPython(refuse), migrations.RunPython(make_cache)]
