"""What tests of the record's pages have at hand."""

from collections.abc import Callable

import pytest
from django.test import Client

from console_people import logged_in, on_duty
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from review_office import Office


@pytest.fixture
def auditor(db: None) -> Person:
    """Somebody who reads everything and changes nothing."""
    return on_duty(DutyKind.AUDITOR, given_name="Ada", family_name="Auditor")


@pytest.fixture
def browser(db: None) -> Callable[[Person], Client]:
    """`browser(person)`: one in which somebody is logged in, with a second factor where one is needed."""
    return logged_in


@pytest.fixture
def office(db: None) -> Office:
    """A school's people and their requests."""
    return Office()
