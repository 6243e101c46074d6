"""How a record is shown."""

import pytest

from audited import AT
from console_people import student, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.auditing.shown import Named, shown

pytestmark = pytest.mark.django_db


def one(**parts: str) -> AuditRecord:
    values = {
        "actor": "timers",
        "action": "case.deny",
        "about": "",
        "detail": "{}",
        "previous": "",
        "hash": "",
    }
    return AuditRecord(number=1, at=AT, **{**values, **parts})


def test_staff_are_named_and_students_are_not() -> None:
    staff, child = teacher("rcastillo", given_name="Rosa", family_name="Castillo"), student("kim")
    row = shown([one(actor=f"person:{staff.pk}", about=f"person:{child.pk}")])[0]
    assert row.actor == Named(f"person:{staff.pk}", "Rosa Castillo", f"/people/{staff.pk}/")
    assert row.about == Named(f"person:{child.pk}", "a student", f"/people/{child.pk}/")


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("timers", Named("timers", "the timers")),
        ("stranger", Named("stranger", "somebody not logged in")),
        ("cli:root", Named("cli:root")),
        ("person:999999", Named("person:999999")),
        ("case:4711", Named("case:4711", "", "/cases/4711/")),
        ("incident:7", Named("incident:7", "", "/incidents/7/")),
        ("case:x", Named("case:x")),
        ("overlay:40", Named("overlay:40")),
        ("", Named("")),
    ],
)
def test_codes_in_words(code: str, named: Named) -> None:
    assert shown([one(about=code)])[0].about == named


@pytest.mark.parametrize(
    ("detail", "lines"),
    [
        ('{"first_bad":null,"whole":true}', (("first bad", "none"), ("whole", "yes"))),
        ('{"changes":{"new":["é"]},"n":3}', (("changes", '{"new": ["é"]}'), ("n", "3"))),
        ("{}", ()),
        ("[1]", (("detail", "[1]"),)),
        ("{broken", (("detail", "{broken"),)),
    ],
)
def test_what_more_a_record_says(detail: str, lines: tuple[tuple[str, str], ...]) -> None:
    assert shown([one(detail=detail)])[0].detail == lines


def test_people_are_looked_up_at_once(django_assert_num_queries: object) -> None:
    records = [one(actor=f"person:{n}") for n in range(1, 50)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        shown(records)
