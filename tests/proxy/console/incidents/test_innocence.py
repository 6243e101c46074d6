"""What an innocent end brings about, before anybody decides it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from found_incidents import Act
from proxy.console.incidents import offers
from proxy.console.incidents.desk import PardonWanted, PermitWanted
from proxy.console.incidents.following import Offered
from proxy.console.incidents.forms import EndForm
from proxy.console.incidents.innocence import Allowed, Means, Uncounted, means, wanted
from proxy.console.incidents.models import Incident
from proxy.console.incidents.spoken import spoken
from review_office import MONDAY

ZONE = ZoneInfo("America/Chicago")
ENDS = datetime(2026, 12, 19, tzinfo=ZONE)
BOTH = {
    "end-pardon": "on", "end-pardon_for": "who", "end-permit": "on", "end-permit_for": "who",
    "end-permit_ends": "2026-12-18", "end-permit_reason": "a lab",
}  # fmt: skip


@pytest.fixture
def said(school):
    """`said(outcome=..., **fields)`: what a form about an incident means, and what it asks the desk for."""
    found = school.incident(
        Act("vpn.example", "vpn.app"), Act("vpn.example", "webproxy.bare", weight=0.5),
        Act("games.example", "webproxy.bare", weight=0.4),
    )  # fmt: skip

    def of(outcome="innocent", **fields):
        places = [(value, "there") for value in offers.places(found).by_value()]
        ways = [(way.value, "it") for way in offers.ways(found)]
        data = {
            "end-outcome": outcome, "end-words": "a lesson", "end-what": [ways[0][0]],
            "end-pardon_at": [value for value, _ in places], **fields,
        }  # fmt: skip
        form = EndForm(
            data, causes=(), zone=ZONE, now=MONDAY,
            offered=Offered(places, ways, [("who", "Only one")], [("who", "Only one")]),
        )  # fmt: skip
        form.is_valid()
        return means(form, found), wanted(form, found)

    return of


def test_both_are_said_with_what_where_for_whom_and_until_when(said):
    told, (pardons, permits) = said(**BOTH)
    assert told == Means(
        (
            Uncounted("VPN, Web proxy", "vpn.example", "Only one", None),
            Uncounted("Web proxy", "games.example", "Only one", None),
        ),
        0,
        (Allowed(spoken("vpn.app"), "vpn.example", "Only one", ENDS),),
    )
    assert pardons == [
        PardonWanted(("vpn", "webproxy"), "vpn.example", "who", None),
        PardonWanted(("webproxy",), "games.example", "who", None),
    ]
    assert permits == [PermitWanted("vpn.app", "vpn.example", "who", ENDS, "a lab")]


def test_several_ways_are_allowed_at_once_and_what_its_kind_contains_is_not_said_twice(said, school):
    offered = [way.value for way in offers.ways(Incident.objects.get())]
    told, (_pardons, permits) = said(**{**BOTH, "end-what": offered})
    assert [(one.technique, one.host) for one in permits] == [
        ("vpn", "vpn.example"), ("webproxy", "vpn.example"), ("webproxy", "games.example"),
    ]  # fmt: skip
    assert [(one.technique.id, one.host) for one in told.allowed] == [
        (one.technique, one.host) for one in permits
    ]


@pytest.mark.parametrize("outcome", ["confirmed", "unclear", ""])
def test_any_other_end_changes_nothing(said, outcome):
    assert said(outcome, **BOTH) == (Means(), ([], []))


def test_nothing_is_brought_about_that_was_not_ticked(said):
    assert said() == (Means(), ([], []))


def test_what_has_no_end_yet_is_not_promised(said):
    assert said(**{**BOTH, "end-permit_ends": ""})[0].allowed == ()


def test_somebody_elses_act_cannot_be_named(said):
    elsewhere = {"end-what": ["999999 vpn.app vpn.example"], "end-pardon_at": ["other.example vpn"]}
    assert said(**{**BOTH, **elsewhere}) == (Means(), ([], []))
