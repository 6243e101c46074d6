"""Who reads how many incidents there were, and what leaves as a file."""

import csv
import io
import json

import pytest

from console_people import logged_in, on_duty, student, teacher
from found_incidents import Act, incident
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.reports.incident_pages import MAY_READ
from review_office import MONDAY, SCHOOL

NOON = "2026-12-02T12:00-06:00"
PAGE, FILE = "/figures/incidents/", "/figures/incidents/incidents.csv"


@pytest.fixture
def reader(office, at):
    at(NOON)
    return logged_in(on_duty(DutyKind.AUDITOR, login="numbers-auditor"))


@pytest.fixture
def busy(office):
    """Nine incidents at two schools."""
    for number in range(9):
        school = SCHOOL if number < 5 else "maple-elementary"
        incident(
            acts=(Act("secret.example", technique="webproxy.bare"),),
            client=f"10.20.1.{number}",
            school=school,
        )
    return office


def test_the_page_shows_numbers_and_nobody(reader, busy):
    page = reader.get(PAGE).content.decode()
    assert "<strong>9</strong>incidents" in page
    assert "Web proxy" in page
    assert "11/2026" in page
    assert "not shown" in page  # four at Maple, and five here that the total would tell of
    assert "secret.example" not in page
    assert "10.20.1." not in page


def test_every_duty_that_reads_figures_or_incidents_gets_it_and_nobody_else(office, at):
    at(NOON)
    for kind in MAY_READ:
        assert logged_in(on_duty(kind, login=f"numbers-{kind.value}")).get(PAGE).status_code == 200
    assert DutyKind.SAFEGUARDING in MAY_READ
    for person in (student(), teacher()):
        assert logged_in(person).get(PAGE).status_code == 403
        assert logged_in(person).post(FILE).status_code == 403


def test_somebody_of_one_school_reads_its_numbers_alone(busy, at):
    at(NOON)
    own = logged_in(on_duty(DutyKind.SAFEGUARDING, login="numbers-own", at_school=SCHOOL))
    page = own.get(PAGE).content.decode()
    assert "<strong>5</strong>incidents" in page
    assert "<select" not in page
    for school in ("maple-elementary", "-", "nowhere"):
        assert own.get(f"{PAGE}?school={school}").status_code == 404
        assert own.post(f"{FILE}?school={school}").status_code == 404


@pytest.mark.parametrize("school", [SCHOOL, "maple-elementary", "-"])
def test_no_school_can_be_taken_from_all(reader, busy, school):
    assert "<select" not in reader.get(PAGE).content.decode()
    assert reader.get(f"{PAGE}?school={school}").status_code == 404
    assert reader.post(f"{FILE}?school={school}").status_code == 404


def test_of_few_in_all_nothing_is_broken_down(reader, office):
    for number in range(4):
        incident(client=f"10.20.1.{number}")
    page = reader.get(PAGE).content.decode()
    assert "<strong>fewer than 5</strong>incidents" in page
    assert "<table" not in page


def test_as_a_file_it_is_recorded_and_hides_the_same(reader, busy):
    answer = reader.post(FILE)
    rows = [*csv.DictReader(io.StringIO(answer.content.decode()))]
    assert rows[0] == {"by": "total", "name": "", "incidents": "9", "hidden": "False"}
    told = {row["name"]: (row["incidents"], row["hidden"]) for row in rows if row["by"] == "school"}
    assert told == {"maple-elementary": ("", "True"), SCHOOL: ("", "True")}
    kept = AuditRecord.objects.get(action="audit.export")
    assert json.loads(kept.detail)["what"] == "figures/incidents"
    assert reader.get(FILE).status_code == 405


def test_it_speaks_the_readers_language(busy, at):
    at(NOON)
    officer = on_duty(DutyKind.SAFEGUARDING, login="numbers-es")
    officer.language = "es"
    officer.save()
    page = logged_in(officer).get(PAGE).content.decode()
    assert "Incidentes en cifras" in page
    assert "Proxy web" in page
    assert "menos de 5" not in page


def test_the_month_is_the_one_in_which_they_opened(reader, busy):
    assert MONDAY.month == 11
    rows = [*csv.DictReader(io.StringIO(reader.post(FILE).content.decode()))]
    assert [row["name"] for row in rows if row["by"] == "month" and row["incidents"] == "9"] == ["2026-11-01"]
