"""What the database refuses of an incident's acts and history."""

from datetime import timedelta
from typing import Any

import pytest

from acts_seen import UV, act, ended, incident_of, refused
from proxy.console.incidents import desk
from proxy.console.incidents.models import Finding, Incident, Move, Pardon
from proxy.console.incidents.states import State
from proxy.console.people.models import Duty, Person
from review_office import MONDAY, SCHOOL, Office

pytestmark = pytest.mark.usefixtures("officers")
LATER = MONDAY + timedelta(hours=1)


class TestWhatHasEnded:
    @pytest.mark.parametrize("outcome", [State.CONFIRMED, State.INNOCENT, State.UNCLEAR])
    def test_gains_no_act_and_none_of_its_acts_changes(self, office: Office, outcome: State) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, outcome)
        rows = Finding.objects.filter(incident=incident)
        for change in (
            {"host": "other.example", "weight": 0.95}, {"evidence": {"a": "b"}, "weight": 0.95}, {"times": 2},
            {"weight": 0.95}, {"confidence": 0.1, "weight": 0.95}, {"event": "1" * 26, "weight": 0.95},
            {"last_at": LATER}, {"incident": None},
        ):  # fmt: skip
            refused("what has ended|stays in", rows.update, **change)
        free = act(0.3, who=incident.who)
        refused("what has ended", Finding.objects.filter(pk=free.pk).update, incident=incident)
        refused("what has ended", act, 0.3, who=incident.who, incident=incident)

    def test_what_stands_takes_further_acts(self, office: Office) -> None:
        incident = incident_of(office.student)
        act(0.3, who=incident.who, incident=incident)
        Finding.objects.filter(incident=incident).update(host="other.example", weight=0.95, times=2)


class TestMoves:
    """Each move is one that the incident's row shows to have been taken."""

    def move(self, incident: Incident, step: str, by: Person, **more: Any) -> Move:
        before, after = {
            "take_up": ("open", "under_review"),
            "give_back": ("under_review", "open"),
            "confirm": ("under_review", "confirmed"),
            "clear": ("under_review", "innocent"),
            "follow_up": ("innocent", "innocent"),
        }[step]
        told = {"before": before, "after": after, "at": MONDAY, "note": "so it was", **more}
        return Move.objects.create(incident=incident, step=step, by=by, **told)

    @pytest.mark.parametrize("step", ["take_up", "give_back", "confirm", "clear", "follow_up"])
    def test_of_what_was_not_done_none_is_told(self, office: Office, step: str) -> None:
        waits = incident_of(office.student)
        refused("each step that was taken", self.move, waits, step, office.safeguarding)
        taken = desk.take_up(incident_of(office.student2).pk, office.safeguarding, at=MONDAY)
        refused("each step that was taken", self.move, taken, step, office.safeguarding)
        refused(
            "each step that was taken", self.move, taken, step, office.safeguarding, before="under_review"
        )
        innocent = ended(incident_of(office.student3), office.safeguarding, State.INNOCENT)
        refused("each step that was taken", self.move, innocent, step, office.safeguarding, at=LATER)

    def test_who_took_it_up_is_who_holds_it_since_then(self, office: Office) -> None:
        incident = incident_of(office.student)
        held = {"state": "under_review", "holder": office.safeguarding, "taken_at": MONDAY}
        Incident.objects.filter(pk=incident.pk).update(**held)
        refused("was taken", self.move, incident, "take_up", office.safeguarding2)
        refused("was taken", self.move, incident, "take_up", office.safeguarding, at=LATER)
        self.move(incident, "take_up", office.safeguarding)

    def test_who_gave_it_back_is_who_held_it(self, office: Office) -> None:
        incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        Incident.objects.filter(pk=incident.pk).update(state="open", holder=None, taken_at=None)
        refused("was taken", self.move, incident, "give_back", office.safeguarding2, at=LATER)
        self.move(incident, "give_back", office.safeguarding, at=LATER)

    def test_an_end_is_told_with_its_words_by_whoever_ended_it(self, office: Office) -> None:
        incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        end = {"state": "confirmed", "ended_by": office.safeguarding, "ended_at": LATER, "words": "he did"}
        Incident.objects.filter(pk=incident.pk).update(**end)
        good = {"at": LATER, "note": "he did"}
        refused("was taken", self.move, incident, "confirm", office.safeguarding2, **good)
        refused("was taken", self.move, incident, "confirm", office.safeguarding, **{**good, "at": MONDAY})
        refused("was taken", self.move, incident, "confirm", office.safeguarding, **{**good, "note": "no"})
        refused(
            "was taken", self.move, incident, "clear", office.safeguarding, **{**good, "after": "confirmed"}
        )
        self.move(incident, "confirm", office.safeguarding, **good)

    def test_what_followed_is_told_by_whoever_let_it_follow_once(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        pardon = {
            "incident": incident, "techniques": [UV], "site": "games.example", "school": SCHOOL,
            "audience": {"who": [incident.who]}, "at": LATER, "by": office.safeguarding2,
        }  # fmt: skip
        refused("was taken", self.move, incident, "follow_up", office.safeguarding2, at=LATER)
        Pardon.objects.create(**pardon)
        refused("was taken", self.move, incident, "follow_up", office.safeguarding, at=LATER)
        refused("was taken", self.move, incident, "follow_up", office.safeguarding2, at=LATER, note="")
        self.move(incident, "follow_up", office.safeguarding2, at=LATER)
        refused("was taken", self.move, incident, "follow_up", office.safeguarding2, at=LATER)

    def test_nobody_off_duty_stands_in_the_history(self, office: Office) -> None:
        incident = incident_of(office.student)
        held = {"state": "under_review", "holder": office.safeguarding, "taken_at": MONDAY}
        Incident.objects.filter(pk=incident.pk).update(**held)
        Duty.objects.filter(kind="safeguarding").update(ends=MONDAY.date() - timedelta(days=9))
        refused("was taken", self.move, incident, "take_up", office.safeguarding)
