"""How people call what an audience names."""

import pytest

from proxy.console.people.models import Enrolment
from proxy.console.review.named import names_for
from proxy.console.review.words import ClassName
from review_office import SCHOOL, Office


def test_a_class_has_its_title_and_its_students_without_the_teacher(office: Office) -> None:
    period = office.school_class("cls-3", ["student", "student2"])
    Enrolment.objects.create(person=office.teacher, school_class=period, teaches=True)
    office.school_class("cls-4", ["student"])

    assert names_for({"classes": ("cls-3", "cls-gone")}).classes == {"cls-3": ClassName("cls-3", 2)}


@pytest.mark.django_db
def test_groups_and_schools_are_called_as_the_settings_call_them() -> None:
    names = names_for({})
    assert names.classes == {}
    assert names.schools[SCHOOL] == "Valley Middle and High School"
    assert names.groups["middle"]
