"""What can be filled in, apart from any page."""

import pytest

from found_incidents import end_form
from proxy.console.incidents.forms import NOWHERE, Filters
from proxy.console.incidents.listing import Chosen, Show

SCHOOLS = [("valley-high", "Valley High")]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({}, Chosen()),
        (
            {"show": "innocent", "school": "valley-high", "family": "vpn"},
            Chosen(Show.INNOCENT, "valley-high", "vpn"),
        ),
        ({"school": NOWHERE}, Chosen(school="")),
        ({"school": "another", "family": "x", "show": "all"}, Chosen()),
    ],
)  # fmt: skip
def test_filters_are_read_from_the_address(address, expected):
    assert Filters(address, SCHOOLS).chosen() == expected


def test_what_was_innocent_is_not_counted_again_unless_somebody_unticks_it():
    assert end_form()["pardon"].value() is True
    ended = end_form({"end-outcome": "innocent", "end-words": "w"})
    assert ended.is_valid()
    assert not ended.cleaned_data["pardon"]


def test_without_innocent_causes_nothing_is_asked_about_them():
    ended = end_form({"end-outcome": "confirmed", "end-words": "so it was"}, causes=())
    assert "ruled_out" not in ended.fields
    assert ended.is_valid()
    assert ended.causes == []
