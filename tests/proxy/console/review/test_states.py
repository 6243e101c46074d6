"""What stands in the database stays readable: values are short words, and fit their columns."""

import re
from enum import Enum

import pytest

from proxy.console.review import states
from proxy.console.review.models import Asking, Case, Decision, Move, Opening

COLUMNS = {
    states.Kind: (Case, "kind"),
    states.State: (Case, "state"),
    states.Lane: (Case, "lane"),
    states.Reach: (Case, "reach"),
    states.Step: (Move, "step"),
    states.Stage: (Decision, "stage"),
    states.Outcome: (Decision, "outcome"),
    states.Listing: (Decision, "listing"),
    states.Effect: (Opening, "action"),
    states.Lasts: (Asking, "lasts"),
    states.Resource: (Asking, "resource"),
}


def test_every_sort_of_value_has_a_column():
    here = {each for each in vars(states).values() if isinstance(each, type) and issubclass(each, Enum)}

    assert here - {Enum} == set(COLUMNS)


@pytest.mark.parametrize("values", COLUMNS, ids=lambda values: values.__name__)
def test_every_value_fits(values):
    table, column = COLUMNS[values]
    field = table._meta.get_field(column)

    assert [value for value, _ in field.choices] == [member.value for member in values]
    assert all(re.fullmatch("[a-z_]+", member.value) for member in values)
    assert all(len(member.value) <= field.max_length for member in values)
