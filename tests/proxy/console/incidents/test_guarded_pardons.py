"""What the database refuses of what follows from incidents."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from acts_seen import UV, ended, incident_of, refused
from past_the_desk import run
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from proxy.console.review.models import Permitted
from review_office import MONDAY, SCHOOL, Office

pytestmark = pytest.mark.usefixtures("officers")
LATER = MONDAY + timedelta(hours=1)
TOMORROW = MONDAY + timedelta(days=1)
_AT_COM = {"host": "com", "site": "com"}


class TestPardons:
    def pardon(self, incident: Incident, office: Office, **more: Any) -> Pardon:
        fields = {
            "techniques": [UV],
            "site": "games.example",
            "school": SCHOOL,
            "audience": {"who": [incident.who]},
            "at": MONDAY,
            "by": office.safeguarding,
        }
        return Pardon.objects.create(incident=incident, **{**fields, **more})

    def permit(self, incident: Incident, office: Office, **more: Any) -> Permitted:
        fields = {
            "technique": UV, "host": "games.example", "school": SCHOOL, "at": MONDAY,
            "by": office.safeguarding,
            "reason": "for physics", "decided_by": "office", "ends": LATER, "audience": {"groups": ["high"]},
        }  # fmt: skip
        return Permitted.objects.create(incident=incident.pk, **{**fields, **more})

    @pytest.mark.parametrize("outcome", [State.CONFIRMED, State.UNCLEAR])
    def test_only_what_was_innocent_is_pardoned_or_permitted(self, office: Office, outcome: State) -> None:
        incident = incident_of(office.student)
        refused("innocent", self.pardon, incident, office)
        refused("innocent", self.permit, incident, office)
        ended(incident, office.safeguarding, outcome)
        refused("innocent", self.pardon, incident, office)
        refused("innocent", self.permit, incident, office)

    @pytest.mark.parametrize("name", ["counselor", "technician", "administrator", "auditor", "student"])
    def test_by_nobody_but_who_is_on_duty_at_the_school(self, office: Office, name: str) -> None:
        incident = ended(incident_of(office.student2), office.safeguarding, State.INNOCENT)
        elsewhere = office.teacher1
        office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
        for person in (office.person(name), elsewhere):
            refused("on duty", self.pardon, incident, office, by=person)
            refused("on duty", self.permit, incident, office, by=person)
        self.pardon(incident, office, by=office.safeguarding2)
        self.permit(incident, office, by=office.safeguarding2)

    def test_at_the_incidents_school_and_not_before_it_was_innocent(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT, at=LATER)
        office.charge(office.safeguarding, DutyKind.SAFEGUARDING, school="")
        for change in ({"school": "maple-elementary"}, {"school": ""}, {"at": MONDAY}):
            refused("innocent", self.pardon, incident, office, **{"at": LATER, **change})
            refused("innocent", self.permit, incident, office, **{"at": LATER, "ends": TOMORROW, **change})

    @pytest.mark.parametrize(
        "audience",
        [{}, {"who": []}, {"within": [SCHOOL]}, {"everybody": ["yes"]}, {"who": [], "groups": []}],
        ids=str,
    )
    def test_a_pardon_for_everybody_is_refused(self, office: Office, audience: dict[str, list[str]]) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        for site in ("", "games.example"):
            refused("names for whom", self.pardon, incident, office, audience=audience, site=site)
        refused("names for whom", self.permit, incident, office, audience=audience)

    def test_without_a_site_a_pardon_is_for_one_alone(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        nowhere = ended(incident_of(office.student2, host="", site=""), office.safeguarding, State.INNOCENT)
        for many in ({"schools": [SCHOOL]}, {"groups": ["high"]}, {"classes": ["art-1"], "who": ["a"]}):
            refused("for one alone", self.pardon, nowhere, office, site="", audience=many)
            self.pardon(incident, office, audience=many)
        self.pardon(nowhere, office, site="")

    @pytest.mark.parametrize(
        "change",
        [{"technique": "vpn"}, {"technique": "web"}, {"technique": "webproxy."}, {"technique": ""},
         {"host": "com"},
         {"host": "example"}, {"host": "other.example"}, {"host": "badgames.example"},
         {"host": ".games.example.com"}],
        ids=str,
    )  # fmt: skip
    def test_a_permit_is_of_what_was_seen(self, office: Office, change: dict[str, str]) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        ended(incident_of(office.student2, technique="vpn", **_AT_COM), office.safeguarding, State.INNOCENT)
        refused("was seen", self.permit, incident, office, **change)
        for host in ("games.example", "level1.games.example"):
            for technique in (UV, "webproxy"):
                self.permit(incident, office, host=host, technique=technique)

    @pytest.mark.parametrize(
        "change",
        [{"techniques": ["vpn"]}, {"techniques": [UV, "vpn"]}, {"techniques": ["web"]}, {"techniques": []},
         {"techniques": [""]}, {"site": "com"}, {"site": "example"}, {"site": "other.example"}, {"site": ""},
         {"site": "badgames.example"}],
        ids=str,
    )  # fmt: skip
    def test_a_pardon_is_of_what_was_seen(self, office: Office, change: dict[str, Any]) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        ended(incident_of(office.student2, technique="vpn", **_AT_COM), office.safeguarding, State.INNOCENT)
        refused("was seen", self.pardon, incident, office, **change)
        for site in ("games.example", "level1.games.example"):
            self.pardon(incident, office, site=site, techniques=["webproxy", UV])

    def test_where_no_site_is_known_a_pardon_is_of_the_technique_alone(self, office: Office) -> None:
        incident = ended(incident_of(office.student, host="", site=""), office.safeguarding, State.INNOCENT)
        refused("was seen", self.pardon, incident, office, site="", techniques=["webproxy"])
        self.pardon(incident, office, site="", techniques=[UV])

    def test_a_permit_lies_no_higher_than_the_site(self, office: Office) -> None:
        seen = {"host": "a.b.games.example", "site": "games.example"}
        incident = ended(incident_of(office.student, **seen), office.safeguarding, State.INNOCENT)
        for host in ("a.b.games.example", "b.games.example", "games.example"):
            self.permit(incident, office, host=host)
        refused("was seen", self.permit, incident, office, host="example")

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes no members of a text")
    def test_techniques_are_a_list(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        refused("was seen", self.pardon, incident, office, techniques=UV)
        refused("was seen", self.pardon, incident, office, techniques={"a": UV})

    @pytest.mark.parametrize("days", [0, -1, 366.01, 3000, 2_900_000], ids=str)
    def test_a_permit_ends_within_a_year(self, office: Office, days: float) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        refused("within a year", self.permit, incident, office, ends=MONDAY + timedelta(days=days))
        self.permit(incident, office, ends=MONDAY + timedelta(days=366))

    def test_nor_does_one_begin_in_a_far_year(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        far = MONDAY.replace(year=9000)
        refused("within a year", self.permit, incident, office, at=far, ends=far + timedelta(days=7))

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps moments as text")
    @pytest.mark.parametrize("text", ["9999", "2461000.5", "now", "2026-12-24T09:00", ""])
    def test_an_end_is_a_moment(self, office: Office, text: str) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        made = self.permit(incident, office)
        columns = [
            field.column for field in Permitted._meta.local_fields if field.column not in ("id", "ends")
        ]
        refused(
            "within a year",
            run,
            f"INSERT INTO review_permitted (ends, {', '.join(columns)})"
            f" SELECT '{text}', {', '.join(columns)} FROM review_permitted WHERE id = {made.pk}",
        )

    def test_neither_grows_and_both_stay_revoked(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        self.pardon(incident, office)
        self.permit(incident, office)
        for table in (Pardon, Permitted):
            refused("never changed", table.objects.update, audience={"schools": [SCHOOL, "lakeside"]})
            refused("never changed", table.objects.update, ends=MONDAY + timedelta(days=900))
            revoked = {"revoked_at": LATER, "revoked_by": office.safeguarding}
            refused("on duty", table.objects.update, **{**revoked, "revoked_by": office.teacher})
            assert table.objects.update(**revoked) == 1
            refused("stays so", table.objects.update, revoked_at=None, revoked_by=None)

    def test_what_holds_on_is_not_deleted_and_no_permit_before_its_incident(self, office: Office) -> None:
        incident = ended(incident_of(office.student), office.safeguarding, State.INNOCENT)
        self.pardon(incident, office)
        self.permit(incident, office)
        refused("is kept", run, "DELETE FROM incidents_pardon")
        refused("is kept", run, "DELETE FROM review_permitted")
        Incident.objects.all().delete()
        run("DELETE FROM review_permitted")
