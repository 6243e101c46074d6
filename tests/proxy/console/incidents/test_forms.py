"""What can be filled in, apart from any page."""

from zoneinfo import ZoneInfo

import pytest

from proxy.console.incidents.forms import NOWHERE, EndForm, Filters
from proxy.console.incidents.listing import Chosen, Show
from review_office import MONDAY

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


def form(data=None, **fields):
    told = {
        "causes": ("a lesson",), "what": [("1", "Tor")], "pardon_for": [("who", "one")],
        "permit_for": [("who", "one")], "zone": ZoneInfo("America/Chicago"), "now": MONDAY,
    }  # fmt: skip
    return EndForm(data, **{**told, **fields})


def test_a_single_act_need_not_be_chosen_and_several_must_be():
    assert form()["what"].is_hidden
    assert not form(what=[("1", "Tor"), ("2", "a VPN")])["what"].is_hidden


def test_without_innocent_causes_nothing_is_asked_about_them():
    ended = form({"end-outcome": "confirmed", "end-words": "so it was", "end-what": "1"}, causes=())
    assert "ruled_out" not in ended.fields
    assert ended.is_valid()
    assert ended.causes == []


def test_where_nobody_can_be_allowed_anything_it_is_not_offered():
    assert not {"permit", "permit_for", "permit_ends"} & set(form(permit_for=[]).fields)


def test_whom_something_is_allowed_is_never_chosen_beforehand():
    offered = form()["permit_for"]
    assert (offered.value(), offered.field.choices[0][0], offered.field.choices[1:]) == (
        None,
        "",
        [("who", "one")],
    )
    said = {"end-outcome": "innocent", "end-words": "w", "end-what": "1", "end-permit": "on"}
    ended = form({**said, "end-permit_ends": "2026-12-18"})
    assert list(ended.errors) == ["permit_for"]
    assert form({**said, "end-permit_ends": "2026-12-18", "end-permit_for": "who"}).is_valid()


def test_a_last_day_ends_with_its_midnight_in_the_schools_zone():
    ended = form(
        {"end-outcome": "unclear", "end-words": "w", "end-what": "1", "end-pardon_ends": "2026-12-18"}
    )
    assert ended.is_valid()
    assert ended.end("pardon_ends").isoformat() == "2026-12-19T00:00:00-06:00"
