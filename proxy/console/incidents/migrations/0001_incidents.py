"""Acts, incidents, pardons, and how far the journal was read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("read_to", models.DateTimeField()),
                ("looked_back_at", models.DateTimeField()),
                ("counts_from", models.DateTimeField()),
                ("counting", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("event", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school", models.CharField(blank=True, max_length=64)),
                ("policy_group", models.CharField(blank=True, max_length=64)),
                ("who", models.CharField(max_length=64)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("client", models.CharField(blank=True, max_length=64)),
                ("technique", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("under_review", "under_review"),
                            ("confirmed", "confirmed"),
                            ("innocent", "innocent"),
                            ("unclear", "unclear"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("score", models.FloatField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("words", models.TextField(blank=True)),
                ("given_back_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("who", models.CharField(max_length=64)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("client", models.CharField(blank=True, max_length=64)),
                ("policy_group", models.CharField(blank=True, max_length=64)),
                ("school", models.CharField(blank=True, max_length=64)),
                ("stage", models.CharField(max_length=10)),
                ("technique", models.CharField(max_length=80)),
                ("host", models.CharField(blank=True, max_length=255)),
                ("site", models.CharField(blank=True, max_length=255)),
                ("evidence", models.JSONField(default=dict)),
                ("confidence", models.FloatField()),
                ("weight", models.FloatField()),
                ("event", models.CharField(max_length=26)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="incidents.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("take_up", "take_up"),
                            ("give_back", "give_back"),
                            ("confirm", "confirm"),
                            ("clear", "clear"),
                            ("leave", "leave"),
                            ("follow_up", "follow_up"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("under_review", "under_review"),
                            ("confirmed", "confirmed"),
                            ("innocent", "innocent"),
                            ("unclear", "unclear"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("under_review", "under_review"),
                            ("confirmed", "confirmed"),
                            ("innocent", "innocent"),
                            ("unclear", "unclear"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="incidents.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pardon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("techniques", models.JSONField(default=list)),
                ("site", models.CharField(blank=True, max_length=255)),
                ("audience", models.JSONField(default=dict)),
                ("school", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("ends", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_words", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pardons",
                        to="incidents.incident",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["school", "state", "opened_at"], name="incidents_i_school_15dd1b_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["state", "opened_at"], name="incidents_i_state_3c49e2_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["technique", "opened_at"], name="incidents_i_techniq_c25538_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["ended_at"], name="incidents_i_ended_a_676df2_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["who"], name="incidents_i_who_523978_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                fields=["opened_at", "school", "technique", "state"], name="incidents_in_figures"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "under_review"])),
                fields=("who",),
                name="one_incident_of_a_person_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("ended_by__isnull", True),
                        ("state__in", ["open", "under_review"]),
                        ("words", ""),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_incident_ends_by_somebody_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__gte", 0), ("confidence__lte", 1), ("weight__gte", 0), ("weight__lte", 1)
                ),
                name="an_act_is_sure_and_weighs_from_0_to_1",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["who", "technique", "site", "last_at"], name="incidents_f_who_43b786_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["technique", "last_at"], name="incidents_f_techniq_f99ca2_idx"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("incident__isnull", True)),
                fields=["last_at"],
                name="acts_without_incident",
            ),
        ),
        migrations.AddIndex(
            model_name="pardon",
            index=models.Index(fields=["revoked_at", "ends"], name="incidents_p_revoked_3d7f71_idx"),
        ),
    ]
