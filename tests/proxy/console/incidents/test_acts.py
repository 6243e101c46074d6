"""Which attempts are one act, and which do not count again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acts_seen import UV, WIREGUARD, act, ended, incident_of, pseudonym, seen
from proxy.console.incidents import desk
from proxy.console.incidents.acts import Acts
from proxy.console.incidents.models import Finding
from proxy.console.incidents.naming import behind
from proxy.console.incidents.states import State
from proxy.incidents.told import Told
from proxy.journal import Event
from review_office import MONDAY, Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TOLD = Told(UV, 0.5, 0.45, {"field": "x-bare-url"})


def taken(*events: Event, told: Told = TOLD) -> list[bool]:
    """Count events, each with the id of its place, and keep what they come to."""
    acts = Acts(behind({event.subject for event in events}), HOUR)
    counted = [acts.take(event, told) for event in events]
    acts.keep()
    return counted


def test_what_goes_on_is_kept_in_the_act_that_began_it(office: Office) -> None:
    taken(seen(id="first"))
    taken(seen(at=MONDAY + 50 * MINUTE, id="second"), seen(at=MONDAY + 100 * MINUTE, id="third"))
    finding = Finding.objects.get()
    assert (finding.times, finding.event, finding.last_at) == (3, "first", MONDAY + 100 * MINUTE)


def test_after_a_pause_it_is_another_act(office: Office) -> None:
    taken(seen(), seen(at=MONDAY + 61 * MINUTE))
    assert Finding.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [{"client": "10.20.1.8"}, {"host": "other.example"}, {"subject": "abcdefgh12345678"}],
    ids=["another device", "another site", "another person"],
)
def test_others_are_others(office: Office, other: dict[str, Any]) -> None:
    taken(seen(), seen(**other))
    assert Finding.objects.count() == 2


def test_the_surest_attempt_is_shown(office: Office) -> None:
    taken(seen(id="first", host="a.games.example"))
    taken(seen(id="second", host="b.games.example"), told=Told(UV, 0.9, 0.81, {"field": "bare"}))
    taken(seen(id="third"))
    finding = Finding.objects.get()
    assert (finding.event, finding.host, finding.evidence) == ("second", "b.games.example", {"field": "bare"})
    assert (finding.confidence, finding.weight) == (0.9, 0.81)


def test_an_act_that_a_standing_incident_holds_goes_on_in_it(office: Office) -> None:
    incident = incident_of(office.student)
    assert taken(seen(subject=pseudonym(office.student), at=MONDAY + MINUTE)) == [True]
    assert incident.findings.get().times == 2


def test_what_happened_before_an_incident_ended_was_looked_at_with_it(office: Office) -> None:
    ended(incident_of(office.student), office.safeguarding, State.UNCLEAR, at=MONDAY + 10 * MINUTE)
    who = pseudonym(office.student)
    assert taken(seen(subject=who, at=MONDAY + 5 * MINUTE)) == [False]
    assert taken(seen(subject=who, at=MONDAY + 15 * MINUTE)) == [True]
    assert Finding.objects.get(incident=None).times == 1


def test_whose_act_it_is_and_at_which_school(office: Office) -> None:
    taken(
        seen(subject=pseudonym(office.student)),
        seen(client="10.20.1.8", group="middle"),
        seen(client="10.20.1.9", group="guest"),
    )
    schools = dict(Finding.objects.values_list("who", "school"))
    assert schools == {pseudonym(office.student): "valley-high", "10.20.1.8": "", "10.20.1.9": ""}


class TestPardons:
    @pytest.fixture(autouse=True)
    def pardon(self, office: Office) -> None:
        """The student's web proxy on games.example was innocent, for a week."""
        wanted = desk.PardonWanted((UV,), "games.example", "who", MONDAY + timedelta(days=7))
        ended(incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[wanted])

    @pytest.mark.parametrize(
        ("other", "counts"),
        [
            pytest.param({}, False, id="the same"),
            pytest.param({"host": "deep.games.example"}, False, id="below it"),
            pytest.param({"host": "other.example"}, True, id="another site"),
            pytest.param({"subject": "", "client": "10.20.1.7"}, True, id="somebody else"),
            pytest.param({"time": MONDAY + timedelta(days=7)}, True, id="after its end"),
        ],
    )
    def test_the_same_does_not_count_again(self, office: Office, other: dict[str, Any], counts: bool) -> None:
        event = replace(seen(subject=pseudonym(office.student), at=MONDAY + timedelta(days=1)), **other)
        assert taken(event) == [counts]
        assert Finding.objects.filter(incident=None).count() == counts

    def test_another_technique_counts(self, office: Office) -> None:
        event = seen(WIREGUARD, subject=pseudonym(office.student), at=MONDAY + timedelta(days=1))
        assert taken(event, told=Told(WIREGUARD, 1.0, 0.7, {})) == [True]

    def test_what_was_taken_back_counts_again(self, office: Office) -> None:
        from proxy.console.incidents.models import Pardon

        desk.revoke_pardon(Pardon.objects.get().pk, office.safeguarding, at=MONDAY, words="a mistake")
        event = seen(subject=pseudonym(office.student), at=MONDAY + timedelta(days=1))
        assert taken(event) == [True]


def test_an_act_that_is_written_late_begins_earlier(office: Office) -> None:
    taken(seen())
    taken(seen(at=MONDAY - 10 * MINUTE))
    assert Finding.objects.get().first_at == MONDAY - 10 * MINUTE
    assert not act(who="other").incident
