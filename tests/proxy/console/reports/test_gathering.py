from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from proxy.console.people.access import DutyAt
from proxy.console.people.duties import DutyKind
from proxy.console.reports.figures import ListLine
from proxy.console.reports.gathering import DISTRICT, report, schools_of
from proxy.console.reports.periods import Period
from proxy.console.site.config import config, use
from proxy.decision.verdict import Action
from recorded import happened, recorded
from review_office import MONDAY, SCHOOL

KNOWN = {SCHOOL: "Valley High", "lakeside": "Lakeside"}
ALL = {DISTRICT: "Whole district", **KNOWN}
CHICAGO = ZoneInfo("America/Chicago")
WEEK = Period(date(2026, 11, 30), date(2026, 12, 4), CHICAGO)
LATER = MONDAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("duties", "schools"),
    [
        pytest.param({DutyAt(DutyKind.AUDITOR, "")}, ALL, id="every school"),
        pytest.param({DutyAt(DutyKind.REVIEWER, SCHOOL)}, {SCHOOL: "Valley High"}, id="one school"),
        pytest.param(
            {DutyAt(DutyKind.REVIEWER, s) for s in KNOWN}, KNOWN, id="two schools are not the district"
        ),
        pytest.param(set(), {}, id="nobody's"),
    ],
)
def test_whose_figures_somebody_reads(duties, schools):
    assert schools_of(frozenset(duties), KNOWN) == schools


def test_a_school_sees_its_own(office):
    for n in range(6):
        office.asks(f"here-{n}.example", by=f"student_{n}")
    for n in range(7):
        office.asks(f"there-{n}.example", by=f"student_{n}", school="lakeside")

    everything = report(WEEK, None, ALL, LATER, config())
    own = report(WEEK, None, {SCHOOL: "Valley High"}, LATER, config())
    one = report(WEEK, "lakeside", ALL, LATER, config())

    assert (everything.total.cases, own.total.cases, one.total.cases) == (13, 6, 7)
    assert [(line.name, line.cases) for line in everything.by_school] == [
        ("", 0),
        (SCHOOL, 6),
        ("lakeside", 7),
    ]
    assert [line.name for line in own.by_school] == [SCHOOL]
    assert sum(line.cases for line in everything.by_kind) == 13
    assert [line.cases for line in everything.by_part] == [13, 0, 0, 0, 0]


def test_a_school_that_the_settings_no_longer_name_is_not_forgotten(office):
    for n in range(5):
        office.asks(f"host-{n}.example", by=f"student_{n}", school="closed-school")

    found = report(WEEK, None, ALL, LATER, config())

    assert ("closed-school", 5) in [(line.name, line.cases) for line in found.by_school]


def test_blocks_of_the_days_stand_beside_what_was_asked(office, tmp_path):
    running = config()
    after_s = (MONDAY - happened().time.astimezone(UTC)).total_seconds()
    block = {"action": Action.BLOCK, "list_id": "ut1", "category": "games"}
    recorded(running.state / "spool", *[happened(after_s + n, **block) for n in range(40)], worker="figures")
    for n in range(5):
        office.asks(f"host-{n}.example", by=f"student_{n}", evidence={"list_id": "ut1", "category": "games"})

    everything = report(WEEK, None, ALL, LATER, running)

    assert everything.lists == (ListLine("ut1", "games", asked=5, blocks=40),)
    assert everything.blocks_from == WEEK.first
    assert report(WEEK, SCHOOL, ALL, LATER, running).blocks_from is None
    long_after = MONDAY + timedelta(days=running.settings.journal.retention_days + 9)
    assert report(WEEK, None, ALL, long_after, running).blocks_from is None


@pytest.fixture
def alone(office):
    """The settings name one school, and requests of it and of nobody's school were made."""
    before = config()
    schools = tuple(school for school in before.settings.schools if school.id == SCHOOL)
    assert len(schools) == 1 < len(before.settings.schools)
    use(replace(before, settings=before.settings.model_copy(update={"schools": schools})))
    for n in range(6):
        office.asks(f"here-{n}.example", by=f"student_{n}", evidence={"list_id": "ut1", "category": "games"})
    for n in range(5):
        office.asks(f"guest-{n}.example", by=f"student_{n}", school="")
    yield config()
    use(before)


def test_one_school_alone_has_its_name_its_filter_and_what_its_lists_block(alone):
    everything = report(WEEK, None, {DISTRICT: "Whole district", SCHOOL: "Valley High"}, LATER, alone)
    chosen = report(WEEK, SCHOOL, {DISTRICT: "Whole district", SCHOOL: "Valley High"}, LATER, alone)
    own = report(WEEK, None, {SCHOOL: "Valley High"}, LATER, alone)
    rest = report(WEEK, DISTRICT, {DISTRICT: "Whole district", SCHOOL: "Valley High"}, LATER, alone)

    assert [(line.name, line.cases) for line in everything.by_school] == [("", 5), (SCHOOL, 6)]
    for its in (chosen, own):
        assert [(line.name, line.cases) for line in its.by_school] == [(SCHOOL, 6)]
        (line,) = its.lists  # other tests have events of these days, too
        assert (its.total.cases, replace(line, blocks=0)) == (6, ListLine("ut1", "games", asked=6, blocks=0))
        assert line.blocks is not None
        assert its.blocks_from == WEEK.first
    assert (rest.total.cases, rest.blocks_from) == (5, None)
