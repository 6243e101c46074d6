"""The overlay stays as decided."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from proxy import metrics
from proxy.bundle.layout import Layout, Part
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, stored_overlay
from proxy.console.review import openings
from proxy.console.site.config import config, use
from proxy.console.timers.overlay import IN_FULL_EVERY, Notes, OverlayKept
from review_office import MONDAY, Office
from written_school import WrittenSchool, write_school


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def school(tmp_path: Path) -> Iterator[WrittenSchool]:
    """A published base; the console's state is its."""
    before = config()
    made = write_school(tmp_path)
    made.publish()
    use(replace(before, state=made.state))
    yield made
    use(before)


def ids(state: Path) -> list[str]:
    return [entry.id for entry in stored_overlay(Layout(state)).overrides]


def test_what_was_decided_comes_and_goes(office: Office, school: WrittenSchool) -> None:
    kept = OverlayKept()
    assert kept.keep(MONDAY)
    case = office.approved()
    assert kept.keep(MONDAY)
    assert ids(school.state) == [f"case-{case.pk}-{case.openings.get().pk}"]
    assert kept.keep(MONDAY + timedelta(days=7))
    assert ids(school.state) == []


def test_what_somebody_else_wrote_over_comes_back(office: Office, school: WrittenSchool) -> None:
    kept = OverlayKept()
    office.approved()
    kept.keep(MONDAY)
    publish_overlay(Overlay(), school.state)
    assert ids(school.state) == []
    kept.keep(MONDAY)
    assert len(ids(school.state)) == 1


def test_a_quiet_round_costs_one_question_and_a_full_one_comes_now_and_then(
    office: Office, school: WrittenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[object] = []
    monkeypatch.setattr(openings, "publish", published.append)
    kept = OverlayKept()
    for _ in range(IN_FULL_EVERY):
        kept.keep(MONDAY)
    assert len(published) == 2


def test_what_failed_is_counted_and_tried_again_at_once(
    office: Office, school: WrittenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(at: datetime) -> None:
        raise OperationalError("terminating connection due to administrator command")

    kept = OverlayKept()
    office.approved()
    count = metrics.ERRORS.bind("overlay").value
    with monkeypatch.context() as patch:
        patch.setattr(openings, "publish", gone)
        with pytest.raises(OperationalError):  # the database's own error: the timers tell it from others
            kept.keep(MONDAY)
    assert metrics.ERRORS.bind("overlay").value == count + 1
    assert kept.keep(MONDAY)
    assert len(ids(school.state)) == 1


def test_a_case_is_told_once_that_its_approval_has_no_effect(office: Office, school: WrittenSchool) -> None:
    case = office.approved(host="listed-later.example")
    entry = f"case-{case.pk}-{case.openings.get().pk}"
    openings.publish_now(MONDAY)
    school.list_floor("listed-later.example")
    school.publish()

    assert Notes().take(MONDAY) == 2
    assert Notes().take(MONDAY + timedelta(minutes=1)) == 0  # another process, after a restart
    assert list(case.moves.filter(step="").exclude(note="").values_list("note", flat=True)) == [
        f"{entry}: 1 of its 1 subjects are not known",
        f"{entry}: cannot open listed-later.example: it is listed under 'pornography'",
    ]
    assert school.layout.current(Part.OVERLAY) == 1


def test_an_entry_of_no_case_of_ours_is_told_nobody(office: Office, school: WrittenSchool) -> None:
    case = office.approved()
    openings.publish_now(MONDAY)
    (entry,) = stored_overlay(school.layout).overrides
    publish_overlay(Overlay((replace(entry, id=f"case-{case.pk + 99}-1"),)), school.state)
    assert Notes().take(MONDAY) == 0
