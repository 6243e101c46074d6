"""What follows from an innocent incident."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acts_seen import UV, ended, incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from proxy.console.review.models import Permitted
from proxy.console.review.permits import permits
from proxy.decision.signs import Consequence, Nature, Sign
from review_office import MONDAY, SCHOOL, Office

WEEK = timedelta(days=7)
PARDON = desk.PardonWanted((UV,), "games.example", "who", MONDAY + WEEK)
PERMIT = desk.PermitWanted(
    UV, "games.example", f"schools:{SCHOOL}", MONDAY + WEEK, "computer science builds it"
)


def forgiven(office: Office, **wanted: Any) -> Incident:
    """An incident of the student that was innocent."""
    return ended(incident_of(office.student), office.safeguarding, State.INNOCENT, **wanted)


def test_an_innocent_verdict_alone_opens_nothing(office: Office) -> None:
    forgiven(office)
    assert not Pardon.objects.exists()
    assert not Permitted.objects.exists()


def test_a_pardon_says_what_where_for_whom_and_until_when(office: Office) -> None:
    incident = forgiven(office, pardons=[PARDON])
    pardon = Pardon.objects.get()
    assert (pardon.incident, pardon.techniques, pardon.site, pardon.audience) == (
        incident, [UV], "games.example", {"who": [incident.who]},
    )  # fmt: skip
    assert (pardon.school, pardon.by, pardon.ends) == (SCHOOL, office.safeguarding, MONDAY + WEEK)
    assert not Permitted.objects.exists()


def test_a_permit_has_a_reason_an_end_and_who_answers_for_it(office: Office) -> None:
    incident = forgiven(office, permits=[PERMIT])
    permit = Permitted.objects.get()
    assert (permit.incident, permit.host, permit.audience) == (
        incident.pk,
        "games.example",
        {"schools": [SCHOOL]},
    )
    assert permit.decided_by == "safeguarding officer, Valley Middle and High School"
    assert (permit.reason, permit.ends) == ("computer science builds it", MONDAY + WEEK)
    record = AuditRecord.objects.latest("number")
    assert record.action == "incident.clear"
    assert f'"permits":[{permit.pk}]' in record.detail
    assert "computer science" not in record.detail


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"site": "other.example"}, "site"),
        ({"site": "example"}, "site"),
        ({"site": ""}, "site"),
        ({"techniques": ()}, "site"),
        ({"techniques": ("vpn",)}, "site"),
        ({"techniques": ("vpn.wireguard",)}, "site"),
        ({"techniques": ("webproxy", "vpn")}, "site"),
        ({"audience": "everybody"}, "audience"),
        ({"audience": "schools:maple-elementary"}, "audience"),
        ({"ends": MONDAY}, "ends"),
    ],
    ids=str,
)
def test_only_what_was_looked_at_is_forgiven(office: Office, change: dict[str, Any], field: str) -> None:
    with pytest.raises(desk.Incomplete) as told:
        forgiven(office, pardons=[replace(PARDON, **change)])
    assert told.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": "other.example"}, "host"),
        ({"host": ""}, "host"),
        ({"technique": "vpn"}, "host"),
        ({"technique": "web"}, "host"),
        ({"technique": "webproxy.bare"}, "host"),
        ({"audience": "classes:art-1"}, "audience"),
        ({"ends": MONDAY}, "ends"),
        ({"ends": MONDAY + timedelta(days=367)}, "ends"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_only_what_was_looked_at_is_permitted(office: Office, change: dict[str, Any], field: str) -> None:
    with pytest.raises(desk.Incomplete) as told:
        forgiven(office, permits=[replace(PERMIT, **change)])
    assert told.value.field == field


def test_every_technique_of_a_family_that_was_seen_there_can_be_forgiven_at_once(office: Office) -> None:
    forgiven(office, pardons=[replace(PARDON, techniques=("webproxy",))])
    assert Pardon.objects.get().techniques == ["webproxy"]


def test_every_technique_of_a_family_that_was_seen_there_can_be_permitted_at_once(office: Office) -> None:
    forgiven(office, permits=[replace(PERMIT, technique="webproxy"), PERMIT])
    assert set(Permitted.objects.values_list("technique", flat=True)) == {"webproxy", UV}
    (given, _one) = permits(MONDAY)
    bare = Sign("webproxy.bare", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, "")
    assert given.covers(bare, "games.example", 443, MONDAY)


def test_where_no_site_is_known_only_the_technique_is_forgiven_and_to_one_alone(office: Office) -> None:
    found = desk.take_up(incident_of(office.student, host="", site="").pk, office.safeguarding, at=MONDAY)
    anywhere = replace(PARDON, site="")

    def end(pardon: desk.PardonWanted) -> None:
        desk.end(
            found.pk, office.safeguarding, at=MONDAY, outcome=State.INNOCENT, words="so", pardons=[pardon]
        )

    for wrong in ({"techniques": ("webproxy",)}, {"audience": f"schools:{SCHOOL}"}):
        with pytest.raises(desk.Incomplete):
            end(replace(anywhere, **wrong))
    end(anywhere)
    assert (Pardon.objects.get().site, Pardon.objects.get().techniques) == ("", [UV])


def test_less_than_what_was_seen_can_be_forgiven(office: Office) -> None:
    forgiven(office, pardons=[replace(PARDON, site="level1.games.example")])
    assert Pardon.objects.get().site == "level1.games.example"


class TestTakenBack:
    @pytest.fixture(autouse=True)
    def forgiven(self, office: Office) -> None:
        """A pardon and a permit."""
        forgiven(office, pardons=[PARDON], permits=[PERMIT])

    def test_by_anybody_who_has_the_duty_there(self, office: Office) -> None:
        colleague = office.safeguarding2
        pardon = desk.revoke_pardon(Pardon.objects.get().pk, colleague, at=MONDAY, words="it was not so")
        permit = desk.revoke_permit(Permitted.objects.get().pk, colleague, at=MONDAY, words="it was not so")
        for found in (pardon, permit):
            found.refresh_from_db()
            assert (found.revoked_at, found.revoked_by, found.revoked_words) == (
                MONDAY, colleague, "it was not so",
            )  # fmt: skip
        actions = list(AuditRecord.objects.order_by("-number").values_list("action", flat=True)[:2])
        assert actions == ["permit.revoke", "pardon.revoke"]

    def test_once_and_with_words(self, office: Office) -> None:
        for revoke, table in ((desk.revoke_pardon, Pardon), (desk.revoke_permit, Permitted)):
            number = table.objects.get().pk
            with pytest.raises(desk.Incomplete):
                revoke(number, office.safeguarding, at=MONDAY, words=" ")
            revoke(number, office.safeguarding, at=MONDAY, words="a mistake")
            with pytest.raises(desk.Forbidden, match="already"):
                revoke(number, office.safeguarding, at=MONDAY, words="a mistake")

    def test_by_nobody_else(self, office: Office) -> None:
        elsewhere = office.teacher1
        office.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
        for person in (elsewhere, office.student, office.auditor, office.technician):
            with pytest.raises(desk.Forbidden):
                desk.revoke_pardon(Pardon.objects.get().pk, person, at=MONDAY, words="no")
            with pytest.raises(desk.Forbidden):
                desk.revoke_permit(Permitted.objects.get().pk, person, at=MONDAY, words="no")
