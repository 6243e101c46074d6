"""What incidents come to in numbers, and what stays hidden."""

from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from found_incidents import Act, incident
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from proxy.console.reports.incident_figures import MONTHS, By, Outcome, Row, figures
from review_office import MONDAY, SCHOOL

CHICAGO = ZoneInfo("America/Chicago")
LAKE = "lakeside"
DAY = timedelta(days=1)
SOON = MONDAY + 2 * DAY  # the month of MONDAY has ended


def opened(number, technique="vpn.wireguard", at=MONDAY, school=SCHOOL):
    """So many incidents, each about another device."""
    return [
        incident(
            acts=(Act(technique=technique),), at=at, school=school,
            client=str(ip_address("10.20.0.0") + Incident.objects.count()),
        )
        for _ in range(number)
    ]  # fmt: skip


def ended(incidents, outcome, by):
    for one in incidents:
        desk.take_up(one.pk, by, at=one.opened_at)
        desk.end(one.pk, by, at=one.opened_at, outcome=outcome, words="We talked.")


@pytest.fixture
def officer(office):
    """Somebody who looks after incidents of all schools."""
    office.charge(office.teacher, DutyKind.SAFEGUARDING, school="")
    return office.teacher


def shown(by, schools=None, at=SOON):
    return {row.name: row.number for row in figures(at, CHICAGO, schools).rows[by]}


def test_they_are_counted_by_month_school_kind_and_outcome(officer):
    opened(6)
    ended(opened(7, "webproxy.bare", MONDAY - 40 * DAY, LAKE), State.INNOCENT, officer)
    ended(opened(5, "webproxy.wisp", MONDAY - 40 * DAY, ""), State.CONFIRMED, officer)

    found = figures(SOON, CHICAGO, None)

    assert (found.total, found.first) == (18, date(2025, 12, 1))
    assert found.rows[By.SCHOOL] == (Row("", 5), Row(LAKE, 7), Row(SCHOOL, 6))
    assert found.rows[By.FAMILY] == (Row("vpn", 6), Row("webproxy", 12))
    assert found.rows[By.OUTCOME] == (
        Row("confirmed", 5), Row("innocent", 7), Row("unclear", 0), Row("stands", 6),
    )  # fmt: skip
    months = found.rows[By.MONTH]
    assert [row.name for row in months] == sorted(row.name for row in months)
    assert len(months) == MONTHS
    assert {row.name: row.number for row in months if row.number} == {"2026-10-01": 12, "2026-11-01": 6}


def test_the_schools_of_a_reader_are_all_that_count(office):
    opened(6)
    opened(7, school=LAKE)
    found = figures(SOON, CHICAGO, frozenset({LAKE}))
    assert (found.total, found.rows[By.SCHOOL]) == (7, (Row(LAKE, 7),))
    assert figures(SOON, CHICAGO, frozenset()).total == 0


def test_few_are_hidden_and_with_them_what_the_total_would_tell(office):
    opened(9)
    opened(6, "webproxy.bare")
    opened(1, "tor.name")
    assert shown(By.FAMILY) == {"tor": None, "vpn": 9, "webproxy": None}


@pytest.mark.parametrize(("number", "total"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_of_few_neither_the_total_nor_anything_else_is_told(office, number, total):
    opened(number)
    found = figures(SOON, CHICAGO, frozenset({SCHOOL}))
    assert found.total == total
    assert bool(found.rows) is (total is not None)


def test_an_incident_counts_in_the_month_of_the_schools_clock(office):
    midnight = datetime(2026, 11, 1, 5, tzinfo=UTC)
    opened(5, at=midnight - timedelta(seconds=1))
    opened(6, at=midnight)
    assert {name: n for name, n in shown(By.MONTH).items() if n} == {"2026-10-01": 5, "2026-11-01": 6}


def test_what_opened_earlier_is_of_another_year(office):
    opened(5, at=datetime(2025, 12, 1, 6, tzinfo=UTC) - timedelta(seconds=1))
    opened(6, at=datetime(2025, 12, 1, 6, tzinfo=UTC))
    assert figures(SOON, CHICAGO, None).total == 6


def test_what_opened_in_the_present_month_waits_for_its_end(office):
    opened(6)
    assert figures(MONDAY, CHICAGO, None).total == 0
    before = figures(SOON, CHICAGO, None)
    assert before.total == 6
    opened(1, "tor.name", at=SOON)
    assert figures(SOON, CHICAGO, None) == before


def test_what_is_under_review_has_not_ended(officer):
    for one in opened(6):
        desk.take_up(one.pk, officer, at=MONDAY)
    assert shown(By.OUTCOME)[Outcome.STANDS.value] == 6


def test_they_are_read_from_one_index(office):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        figures(SOON, CHICAGO, None)
    assert len(asked) == MONTHS
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "COVERING INDEX incidents_in_figures" in plan
