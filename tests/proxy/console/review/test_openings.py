"""The overlay in force says what was decided."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from proxy import metrics
from proxy.bundle.layout import Part
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, stored_overlay
from proxy.console.review import desk, openings
from proxy.console.review.entries import LeftOut
from proxy.console.review.models import Case, Opening
from proxy.console.review.states import Effect, Reach
from proxy.console.site.config import config, use
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from review_office import MONDAY, SCHOOL, Office
from written_school import WrittenSchool, write_school

HAND = Override(
    "hand", Action.BLOCK, Target("chat.example"), Audience(groups=frozenset({"staff"})), "exam", "office"
)
WEEK = timedelta(days=7)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[WrittenSchool]:
    """A published base; the console's state is its."""
    before = config()
    made = write_school(tmp_path)
    made.publish()
    use(replace(before, state=made.state))
    yield made
    use(before)


def ids(school: WrittenSchool) -> list[str]:
    return [entry.id for entry in stored_overlay(school.layout).overrides]


def opening_id(case: Case) -> str:
    return f"case-{case.pk}-{case.openings.get().pk}"


def test_a_decision_is_in_force_when_it_is_kept(
    office: Office, school: WrittenSchool, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case = office.approved()
    assert ids(school) == [opening_id(case)]

    with django_capture_on_commit_callbacks(execute=True):
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no longer needed")
    assert ids(school) == []


def test_nothing_is_in_force_before_it_is_kept(office: Office, school: WrittenSchool) -> None:
    office.approved()
    assert ids(school) == []


def test_publishing_what_is_in_force_changes_nothing(office: Office, school: WrittenSchool) -> None:
    office.approved()
    assert openings.publish_now(MONDAY)
    assert openings.publish_now(MONDAY + timedelta(days=1))
    assert ids(school) != []
    assert school.layout.revisions(Part.OVERLAY) == [1]


def test_an_end_takes_the_entry_away(office: Office, school: WrittenSchool) -> None:
    office.approved()
    openings.publish_now(MONDAY)
    openings.publish_now(MONDAY + WEEK)
    assert ids(school) == []


def test_an_overlay_by_hand_keeps_its_entries_and_ours_come_back(
    office: Office, school: WrittenSchool
) -> None:
    case = office.approved()
    openings.publish_now(MONDAY)
    publish_overlay(Overlay((HAND,)), school.state)

    assert openings.publish_now(MONDAY)
    assert ids(school) == ["hand", opening_id(case)]


def test_what_somebody_wrote_under_our_name_goes(office: Office, school: WrittenSchool) -> None:
    study = replace(HAND, id="case-study")
    publish_overlay(Overlay((replace(HAND, id="case-99-1"), study, HAND)), school.state)
    openings.publish_now(MONDAY)
    assert ids(school) == ["case-study", "hand"]


def test_a_failure_is_counted_and_said_and_stops_no_decision(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    no_directory = tmp_path / "file"
    no_directory.write_text("")
    before, count = config(), metrics.ERRORS.bind("overlay").value
    use(replace(before, state=no_directory))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            case = office.approved()
        assert not openings.publish_now(MONDAY)
    finally:
        use(before)

    assert Case.objects.get(pk=case.pk).state == "approved"
    assert metrics.ERRORS.bind("overlay").value == count + 2
    assert "the overlay could not be published" in caplog.text


def test_the_sign_differs_whenever_the_overlay_may(office: Office, school: WrittenSchool) -> None:
    signs = [openings.sign(MONDAY)]

    def differs() -> bool:
        signs.append(openings.sign(MONDAY))
        return signs[-1] not in signs[:-1]

    case = office.approved(host="a.example")
    assert differs()
    openings.publish_now(MONDAY)
    assert differs()
    assert not differs()
    desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no longer needed")
    office.approved(host="b.example")
    assert differs()
    publish_overlay(Overlay((HAND,)), school.state)
    assert differs()
    assert openings.sign(MONDAY + WEEK) not in signs


def test_what_has_no_effect_is_found(office: Office, school: WrittenSchool) -> None:
    case = office.approved(host="listed-later.example")
    opening = case.openings.get()
    nobody = Opening.objects.create(
        case=case, decision=case.decisions.get(), action=Effect.ALLOW.value, host=case.host, audience={},
        purpose="p",
    )  # fmt: skip
    by_hand = replace(HAND, target=Target("listed-later.example"), action=Action.ALLOW)
    publish_overlay(Overlay((by_hand,)), school.state)
    openings.publish_now(MONDAY)
    school.list_floor("listed-later.example")
    school.publish()

    found = list(openings.without_effect(MONDAY))

    entry = f"case-{case.pk}-{opening.pk}"
    assert found[0].entry == f"case-{case.pk}-{nobody.pk}"
    assert found[1:] == [
        LeftOut(case.pk, entry, "1 of its 1 subjects are not known"),
        LeftOut(case.pk, entry, "cannot open listed-later.example: it is listed under 'pornography'"),
    ]


def test_a_decision_in_words(office: Office, school: WrittenSchool) -> None:
    office.school_class("Period 3", ["student", "student2"])
    case = office.approved(
        by="teacher", reach=Reach.PATH, path="/labs", audience={"classes": ["Period 3"], "schools": [SCHOOL]}
    )
    assert openings.in_words(case.openings.get(), MONDAY) == (
        "physics.example/labs and what lies below it for 2 students of Period 3 and everybody of "
        f"{_title()}, until Monday 7 December 2026, 9:00"
    )


def _title() -> str:
    return next(school.title for school in config().settings.schools if school.id == SCHOOL)
