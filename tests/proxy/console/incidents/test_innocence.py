"""What an innocent end brings about, before anybody decides it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from found_incidents import Act
from proxy.console.incidents.desk import PardonWanted, PermitWanted
from proxy.console.incidents.forms import EndForm
from proxy.console.incidents.innocence import Means, Part, means, wanted
from proxy.console.incidents.spoken import spoken
from review_office import MONDAY

ZONE = ZoneInfo("America/Chicago")
ENDS = datetime(2026, 12, 19, tzinfo=ZONE)
BOTH = {
    "end-pardon": "on", "end-pardon_for": "who", "end-permit": "on", "end-permit_for": "who",
    "end-permit_ends": "2026-12-18",
}  # fmt: skip


@pytest.fixture
def said(school):
    """`said(outcome=..., **fields)`: what a form about an incident means, and what it asks the desk for."""
    found = school.incident(Act("vpn.example", "vpn.app"))

    def of(outcome="innocent", **fields):
        number = str(found.findings.get().pk)
        data = {"end-outcome": outcome, "end-words": "a lesson", "end-what": number, **fields}
        form = EndForm(
            data, causes=(), what=[(number, "it")], pardon_for=[("who", "Only one")],
            permit_for=[("who", "Only one")], zone=ZONE, now=MONDAY,
        )  # fmt: skip
        form.is_valid()
        return means(form, found), wanted(form, found)

    return of


def test_both_are_said_with_what_where_for_whom_and_until_when(said):
    told, (pardon, permit) = said(**BOTH)
    vpn = spoken("vpn.app")
    assert told == Means(
        Part(vpn, "vpn.example", "Only one", None), Part(vpn, "vpn.example", "Only one", ENDS)
    )
    assert pardon == PardonWanted("vpn.app", "vpn.example", "who", None)
    assert permit == PermitWanted("vpn.app", "vpn.example", "who", ENDS, "a lesson")


@pytest.mark.parametrize("outcome", ["confirmed", "unclear", ""])
def test_any_other_end_changes_nothing(said, outcome):
    assert said(outcome, **BOTH) == (Means(), (None, None))


def test_nothing_is_brought_about_that_was_not_ticked(said):
    assert said() == (Means(), (None, None))


def test_what_has_no_end_yet_is_not_promised(said):
    assert said(**{**BOTH, "end-permit_ends": ""})[0].permit is None


def test_somebody_elses_act_cannot_be_named(said):
    assert said(**{**BOTH, "end-what": "999999"}) == (Means(), (None, None))
