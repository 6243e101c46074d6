"""What is shown of the time around a finding, and what is not."""

from datetime import timedelta

import pytest

from found_incidents import CLIENT
from proxy.console.incidents.around import MOST_LINES, Around, Line, around
from proxy.console.incidents.spoken import category, spoken
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.spool import Spool
from review_office import MONDAY

FOUND = MONDAY - timedelta(hours=1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def finding(school):
    return school.incident(about=school.student).findings.get()


@pytest.fixture
def happened(tmp_path, finding):
    """Write an event of the finding's person down: `happened(at, host=...)`."""

    def event(at, **fields):
        kept = {
            "stage": Stage.HTTP, "client": CLIENT, "subject": finding.subject, "group": "high",
            "host": finding.site, "action": Action.ALLOW, "reason": Reason.DEFAULT,
        }  # fmt: skip
        events.append(Event(time=at, **{**kept, **fields}))

    def shown():
        spool = Spool(tmp_path / "spool", worker="w1", gateway="demo")
        for one in events:
            spool.append(one)
        spool.close()
        return around(tmp_path, finding)

    events = []
    event.shown = shown
    return event


def test_the_same_persons_events_at_the_same_site_are_shown_in_order(tmp_path, finding, happened):
    blocked = {
        "action": Action.BLOCK, "reason": Reason.WAY_AROUND, "list_id": "bypass", "rule": finding.technique,
    }  # fmt: skip
    happened(FOUND - MINUTE, stage=Stage.DNS)
    for number in range(3):
        happened(FOUND + number * SECOND, host=f"cdn.{finding.site}", **blocked)
    happened(FOUND + MINUTE, action=Action.BLOCK, reason=Reason.CATEGORY, category="games")

    title = spoken(finding.technique).title
    assert happened.shown() == Around(
        (
            Line(FOUND - MINUTE, "a name was looked up", finding.site, False, "", 1),
            Line(FOUND, "a page was asked for", f"cdn.{finding.site}", True, title, 3),
            Line(FOUND + MINUTE, "a page was asked for", finding.site, True, category("games"), 1),
        )
    )


def test_other_people_sites_and_hours_stay_out(tmp_path, finding, happened):
    happened(FOUND, subject="somebody else")
    happened(FOUND, client="192.0.2.99")
    happened(FOUND, host="diary.example")
    happened(FOUND - timedelta(minutes=6))
    happened(finding.last_at + timedelta(minutes=6))
    happened(FOUND)

    assert happened.shown().lines == (Line(FOUND, "a page was asked for", finding.site, False, "", 1),)


def test_it_is_cut_where_it_grows_long(tmp_path, finding, happened):
    for number in range(MOST_LINES + 5):
        happened(FOUND + number * SECOND, host=f"h{number}.{finding.site}")

    found = happened.shown()
    assert (len(found.lines), found.is_cut) == (MOST_LINES, True)


def test_where_nothing_is_kept_nothing_is_shown(tmp_path, finding):
    assert around(tmp_path, finding) == Around()


def test_around_what_was_found_at_no_known_site_nothing_is_shown(school, finding, happened):
    happened(FOUND, host="diary.example")
    happened(FOUND, host="")
    finding.site = finding.host = ""
    finding.pk = None
    assert happened.shown() == Around()
