"""What the tables of figures hold, and the database itself sees to."""

import pytest
from django.db import IntegrityError, connection

from proxy.console.review.models import Counted


def test_an_answer_has_both_times_or_none(office):
    office.asks()

    with pytest.raises(IntegrityError):
        Counted.objects.update(in_school_us=1)


def test_figures_name_nobody(db):
    names = {field.name for field in Counted._meta.get_fields()}

    assert names == {"case", "day", "school", "kind", "asked", "late", "in_school_us", "by_clock_us"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what the tables hold")
@pytest.mark.parametrize(
    ("columns", "where", "index"),
    [
        pytest.param("count(*), sum(asked)", "", "counted_by_day", id="requests"),
        pytest.param(
            "in_school_us, by_clock_us",
            "AND in_school_us IS NOT NULL",
            "counted_answers_by_day",
            id="answers",
        ),
    ],
)
def test_the_figures_of_a_year_are_read_from_an_index_alone(db, columns, where, index):
    asked = f"SELECT day, school, kind, {columns} FROM review_counted WHERE day >= ? {where}"
    group = "GROUP BY day, school, kind" if "count" in columns else ""
    with connection.cursor() as cursor:
        cursor.connection.row_factory = None
        plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {asked} {group}", ["2026-01-01"]).fetchall()

    assert [row[-1].split(" (")[0] for row in plan] == [f"SEARCH review_counted USING COVERING INDEX {index}"]
