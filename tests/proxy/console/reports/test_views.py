import csv
import io
import json

import pytest
from django.test import Client

from console_people import logged_in, on_duty, student, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.reports.gathering import READERS
from proxy.console.review import desk
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

NOON = "2026-12-02T12:00-06:00"


@pytest.fixture
def reader(office, at):
    at(NOON)
    return logged_in(on_duty(DutyKind.AUDITOR, login="figures-auditor"))


@pytest.fixture
def busy(office):
    """Nine requests, five of them denied."""
    for n in range(5):
        office.denied(
            host=f"denied-{n}.example", evidence={"list_id": "=cmd|' /C calc'!A0", "category": "games"}
        )
    for n in range(4):
        office.asks(f"open-{n}.example", by=f"student_{n}", evidence={"list_id": "<b>", "category": "games"})
    return office


def rows_of(response):
    assert response.status_code == 200
    return [*csv.DictReader(io.StringIO(response.content.decode()))]


def test_the_page_shows_what_was_counted(reader, busy):
    page = reader.get("/figures/").content.decode()

    assert "<strong>9</strong>requests" in page
    assert page.count('<rect class="s1"') == 2  # the legend and one bar
    assert "Blocked too much?" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_every_duty_that_reads_figures_gets_them(office, at):
    at(NOON)
    for kind in READERS:
        assert logged_in(on_duty(kind, login=f"figures-{kind.value}")).get("/figures/").status_code == 200


def test_nobody_else_does(office, at, client):
    at(NOON)
    of_a_student, of_a_teacher = logged_in(student()), logged_in(teacher())
    for path in ("/figures/", "/figures.json", "/figures/kinds.csv"):
        send = "get" if path == "/figures/" else "post"
        assert getattr(client, send)(path).status_code == 302
        assert getattr(of_a_student, send)(path).status_code == 403
        assert getattr(of_a_teacher, send)(path).status_code == 403


def test_a_table_as_csv_is_safe_for_a_spreadsheet(reader, busy):
    first, second = rows_of(reader.post("/figures/lists.csv"))

    assert [first["list"], second["list"]] == ["<b>", "'=cmd|' /C calc'!A0"]
    assert (first["hidden"], first["asked"]) == ("True", "")
    assert [row["cases"] for row in rows_of(reader.post("/figures/kinds.csv"))] == ["9", "0", "0", "0"]


def test_json_has_every_table(reader, busy):
    told = json.loads(reader.post("/figures.json").content)

    assert told["total"]["cases"] == 9
    assert {"time", "kinds", "schools", "appeals", "lists"} <= told.keys()
    assert told["school"] is None


@pytest.mark.parametrize(
    "path", ["/figures/none.csv", "/figures/kinds.csv?school=nowhere", "/figures.json?from=x"]
)
def test_what_there_is_not_is_not_found(reader, path):
    assert reader.post(path).status_code == 404


def test_wrong_days_are_said_and_the_usual_ones_shown(reader, busy):
    response = reader.get("/figures/?from=2026-12-01&to=2026-11-01")

    assert response.status_code == 400
    assert b"The first day must not be later than the last one" in response.content
    assert b"<strong>9</strong>requests" in response.content


def test_days_and_school_stay_in_the_links(reader, busy):
    page = reader.get(f"/figures/?days=90&school={SCHOOL}").content.decode()

    assert f'action="/figures/kinds.csv?days=90&amp;school={SCHOOL}"' in page
    assert f'href="?days=7&amp;school={SCHOOL}"' in page
    assert f'<option value="{SCHOOL}" selected>' in page


def test_somebody_of_one_school_sees_only_that(busy, at):
    at(NOON)
    busy.asks("elsewhere.example", by="student_far", school="lakeside-elementary")
    own = logged_in(on_duty(DutyKind.REVIEWER, login="figures-own", at_school=SCHOOL))

    assert json.loads(own.post("/figures.json").content)["total"]["cases"] == 9
    assert own.post("/figures.json?school=lakeside-elementary").status_code == 404
    assert own.post("/figures.json?school=-").status_code == 404
    assert "<select" not in own.get("/figures/").content.decode()


def test_what_is_read_takes_nothing_and_a_link_saves_nothing(reader, busy):
    before = AuditRecord.objects.count()
    assert reader.post("/figures/").status_code == 403
    for path in ("/figures.json", "/figures/kinds.csv"):
        assert [reader.get(path).status_code, reader.head(path).status_code] == [405, 405]
        strict = logged_in(
            on_duty(DutyKind.REVIEWER, login=f"r{len(path)}"), Client(enforce_csrf_checks=True)
        )
        assert strict.post(path).status_code == 403
    assert AuditRecord.objects.count() == before


def test_that_figures_leave_as_a_file_is_recorded(reader, busy):
    before = AuditRecord.objects.filter(action="audit.export").count()
    reader.get("/figures/")
    assert AuditRecord.objects.filter(action="audit.export").count() == before
    reader.post("/figures/kinds.csv")
    reader.post("/figures.json")
    left = AuditRecord.objects.filter(action="audit.export").order_by("number")
    assert [json.loads(one.detail)["what"] for one in left[before:]] == ["figures/kinds", "figures/all"]


@pytest.mark.parametrize("at_school", ["", SCHOOL], ids=["the district", "one school"])
def test_a_private_request_leaves_no_trace(office, at, at_school):
    at(NOON)
    for n in range(6):
        office.asks(f"open-{n}.example", by=f"student_{n}", evidence={"list_id": "ut1", "category": "games"})
    own = logged_in(on_duty(DutyKind.REVIEWER, login="figures-own", at_school=at_school))
    before = own.post("/figures.json").content

    private = office.asks_alone(host="help.example", evidence={"list_id": "ut1", "category": "games"})
    desk.claim(private.pk, office.counselor, at=MONDAY)
    desk.deny(private.pk, office.counselor, at=MONDAY, reason="come and see me", checklist=NOTHING_SEEN)
    office.appeal_officer  # noqa: B018  (somebody is there to hear it)
    desk.appeal(private.pk, office.student, at=MONDAY, grounds="please")

    assert json.loads(before)["total"]["cases"] == 6
    assert own.post("/figures.json").content == before
