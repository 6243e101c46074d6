"""Do the tables of every app come out as its models say?"""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = sorted(app.label for app in apps.get_app_configs() if app.name.startswith("proxy."))


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    said = io.StringIO()
    try:
        call_command("makemigrations", *OURS, check=True, dry_run=True, no_color=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


@pytest.mark.django_db
def test_every_migration_was_applied_and_no_two_end_side_by_side():
    loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
    assert {key for key in loader.graph.nodes if key not in loader.applied_migrations} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for app in OURS for model in apps.get_app_config(app).get_models()])
def test_every_table_has_the_columns_of_its_model(model):
    with connection.cursor() as cursor:
        told = connection.introspection.get_table_description(cursor, model._meta.db_table)
    columns = {column.name for column in told}
    assert columns == {field.column for field in model._meta.local_concrete_fields}
