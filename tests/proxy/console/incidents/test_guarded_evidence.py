"""What the database refuses of the evidence of what stands."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from acts_seen import UV, WIREGUARD, act, incident_of, refused
from proxy.console.incidents import desk
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.opening import weigh
from proxy.console.site.config import ConsoleConfig
from review_office import MONDAY, Office

pytestmark = pytest.mark.usefixtures("officers")
LATER = MONDAY + timedelta(hours=2)


class TestActs:
    @pytest.mark.parametrize(
        "change",
        [{"host": "innocent.example"}, {"evidence": {}}, {"confidence": 0.01}, {"weight": 0.01},
         {"event": "1" * 26}],
        ids=str,
    )  # fmt: skip
    def test_what_one_shows_changes_for_what_weighs_more(
        self, office: Office, change: dict[str, Any]
    ) -> None:
        incident_of(office.student)
        refused("weighs more", Finding.objects.update, **change)
        assert Finding.objects.update(**{**change, "weight": 0.95}) == 1

    def test_where_it_was_seen_is_never_changed(self, office: Office) -> None:
        incident_of(office.student)
        refused("never changed", Finding.objects.update, stage="dns")

    @pytest.mark.parametrize(
        "wrong", [{"weight": 99.0}, {"weight": 1.01}, {"weight": 0.95, "confidence": 2.0}]
    )
    def test_none_is_surer_or_weighs_more_than_one(self, office: Office, wrong: dict[str, float]) -> None:
        incident_of(office.student)
        with pytest.raises(IntegrityError, match="an_act_is_sure"), transaction.atomic():
            Finding.objects.update(**wrong)
        with pytest.raises(IntegrityError, match="an_act_is_sure"), transaction.atomic():
            act(-0.1, who="b")

    def test_none_joins_another_persons_incident(self, office: Office) -> None:
        incident = incident_of(office.student)
        free = act(0.3, who="b")
        refused("same person", Finding.objects.filter(pk=free.pk).update, incident=incident)
        refused("same person", act, 0.3, who="b", incident=incident)
        act(0.3, who=incident.who, incident=incident)


class TestWhatAnIncidentSays:
    @pytest.mark.parametrize(
        "change",
        [{"technique": WIREGUARD}, {"score": 0.1}, {"times": 9999}, {"times": 0},
         {"first_at": MONDAY - timedelta(days=1)}, {"last_at": LATER},
         {"times": 3, "score": 0.9}, {"times": 2, "score": 9.0},
         {"times": 2, "score": -0.1}, {"times": 2, "technique": WIREGUARD}],
        ids=str,
    )  # fmt: skip
    def test_it_says_what_its_acts_come_to(self, office: Office, change: dict[str, Any]) -> None:
        incident = incident_of(office.student)
        good = {"times": 2, "score": 1.2, "first_at": incident.first_at, "last_at": incident.last_at}
        act(0.3, incident=incident, who=incident.who, technique=WIREGUARD)
        wrong = {**good, **change} if "times" in change else change
        refused("come to", Incident.objects.update, **wrong)
        assert Incident.objects.update(**good) == 1

    def test_further_acts_join_by_the_counting_itself(self, office: Office) -> None:
        incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        act(0.7, LATER, who=incident.who, technique=WIREGUARD)
        with transaction.atomic():
            assert weigh([incident.who], LATER) == []
        incident.refresh_from_db()
        assert (incident.times, incident.technique, incident.last_at) == (2, UV, LATER)

    def test_other_settings_alone_change_nothing_of_it(
        self, office: Office, with_incidents: Callable[..., ConsoleConfig]
    ) -> None:
        first = incident_of(office.student)
        act(0.7, MONDAY + timedelta(days=9), who=first.who, technique=WIREGUARD)
        for half_life in (7, 1):
            with_incidents(half_life_days=half_life)
            with transaction.atomic():
                weigh([first.who], LATER)
        assert Incident.objects.get().times == 2

    def test_no_words_stand_beside_it_before_it_ends(self, office: Office) -> None:
        desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        for wrong in ({"words": "he did"}, {"ended_by": office.safeguarding}):
            with pytest.raises(IntegrityError, match="ends_by_somebody"), transaction.atomic():
                Incident.objects.update(**wrong)

    def test_it_ends_no_earlier_than_it_was_taken_up(self, office: Office) -> None:
        desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
        end = {"state": "unclear", "ended_by": office.safeguarding, "words": "nobody knows"}
        before = MONDAY - timedelta(seconds=1)
        refused("taken it up", Incident.objects.update, **end, ended_at=before)
        refused("taken it up", Incident.objects.update, **end, ended_at=before, taken_at=before)
        assert Incident.objects.update(**end, ended_at=MONDAY) == 1
