from datetime import timedelta

from proxy.bundle.load import load_current
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.console.review import standing
from proxy.console.review.standing import Which
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action
from review_office import MONDAY
from written_school import write_school

ON = MONDAY.date()


def hosts(office, at=MONDAY, **how):
    found = standing.in_force_for(office.reviewer, at.date(), at)
    return [one.host for one in standing.page(found, how.pop("which", Which.ALL), at.date(), **how).openings]


def test_in_force_is_what_has_not_ended(office):
    case = office.approved(host="open.example")
    office.denied(host="shut.example", by="student-b")
    ends = case.openings.get().ends

    assert hosts(office, ends - timedelta(seconds=1)) == ["open.example"]
    assert hosts(office, ends) == []


def test_pages_lead_on(office):
    for number in range(3):
        office.approved(host=f"site-{number}.example", by=f"student-{number}")
    found = standing.in_force_for(office.reviewer, ON, MONDAY)

    first = standing.page(found, Which.ALL, ON, size=2)
    second = standing.page(found, Which.ALL, ON, after=first.after, size=2)

    assert [one.host for one in [*first.openings, *second.openings]] == [
        f"site-{n}.example" for n in (2, 1, 0)
    ]
    assert second.after == 0


def test_what_has_no_end_is_due_within_a_month_of_its_year(office):
    office.approved(host="standing.example", lasts="standing", ends=None)

    assert hosts(office, MONDAY + timedelta(days=334), which=Which.REVIEW) == []
    assert hosts(office, MONDAY + timedelta(days=336), which=Which.REVIEW) == ["standing.example"]


def test_a_part_of_the_host_finds_it(office):
    office.approved(host="physics.example")

    assert hosts(office, text=" PHYS ") == ["physics.example"]
    assert hosts(office, text="maths") == []


def test_by_hand_is_what_is_not_ours_and_has_not_ended(tmp_path):
    school = write_school(tmp_path)
    school.publish()
    pupils = Audience(groups=frozenset({"pupils"}))
    overrides = tuple(
        Override(id_, Action.ALLOW, Target("games.example"), pupils, "why", "who", ends=ends)
        for id_, ends in (("o-1", None), ("o-2", MONDAY), ("case-1-1", None))
    )
    publish_overlay(
        Overlay(overrides, (Correction("c-1", "x.example", "games", "why", ("who",)),)), school.state
    )

    found = standing.by_hand(load_current(school.state), MONDAY)

    assert [one.id for one in found.overrides] == ["o-1"]
    assert [one.id for one in found.corrections] == ["c-1"]
    assert standing.by_hand(None, MONDAY).is_empty
