"""Approved resources: what stands on the public list, and what never does."""

from datetime import UTC, date, datetime, timedelta

from approved_resource import approve
from proxy.console.portal.approved import Approved, approved
from proxy.console.review import desk
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Listing, Resource
from proxy.console.site.config import config
from review_office import MONDAY, NOTHING_SEEN


def listed(at=MONDAY):
    return approved(at, config().settings)


def test_what_was_approved_stands_there(office):
    approve(
        office,
        terms="free for schools",
        privacy_policy="https://optics.example/privacy",
        resource=Resource.APP,
        guardians_told_on=date(2026, 11, 27),
    )
    assert listed() == [
        Approved(
            title="Optics Lab",
            kind="app",
            address="optics.example",
            subject="Physics",
            grades=("10",),
            schools=("Valley Middle and High School",),
            more_at="",
            terms="free for schools",
            privacy_policy="https://optics.example/privacy",
            guardians_told_on=date(2026, 11, 27),
            since=date(2026, 11, 30),
            until=None,
        )
    ]


def test_what_one_school_approved_for_a_grade_stands_there_for_that_school(office):
    approve(office, audience={"grades": ["10"]})
    assert [(one.grades, one.schools) for one in listed()] == [(("10",), ("Valley Middle and High School",))]


def test_what_somebody_withdrew_is_not_what_is_listed(office):
    office.asks("optics.example", "teacher", kind=Kind.RESOURCE, title="Old", terms="paid")
    case = office.asks("optics.example", "teacher2", kind=Kind.RESOURCE, title="Other", terms="free")
    desk.withdraw(case.pk, office.teacher, at=MONDAY)
    approve(office)
    assert [(one.title, one.terms) for one in listed()] == [("Other", "free")]


def test_an_app_without_a_site_stands_there_too(office):
    approve(office, host="", title="Slide Rule", more_at="https://apps.example/slide-rule")
    assert [(one.title, one.address) for one in listed()] == [("Slide Rule", "")]


def test_blocked_pages_that_were_opened_do_not(office):
    office.approved()
    assert listed() == []


def test_nothing_that_is_over_or_was_closed_again(office):
    case = approve(office, lasts=Lasts.DATES.value, ends=MONDAY + timedelta(days=7))
    assert listed()[0].until == date(2026, 12, 7)
    assert listed(MONDAY + timedelta(days=7)) == []
    desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="it changed")
    assert listed() == []


def test_nothing_that_has_not_begun(office):
    begins = MONDAY + timedelta(days=3)
    approve(office, lasts=Lasts.DATES.value, begins=begins, ends=MONDAY + timedelta(days=7))
    assert listed() == []
    assert [one.since for one in listed(begins)] == [date(2026, 12, 3)]


def test_what_was_to_begin_before_it_was_decided_opened_with_the_decision(office):
    approve(office, lasts=Lasts.STANDING.value, begins=MONDAY - timedelta(days=3))
    assert listed()[0].since == date(2026, 11, 30)


def test_what_ends_at_midnight_is_there_until_the_day_before(office):
    midnight = datetime(2026, 12, 8, 6, 0, tzinfo=UTC)  # in Chicago
    approve(office, lasts=Lasts.DATES.value, ends=midnight)
    assert listed()[0].until == date(2026, 12, 7)


def test_neither_asker_nor_decider_nor_purpose_stands_there(office):
    approve(office, purpose="for Mina Okafor")
    text = str(listed())
    for name in ("Mina", "Teacher", "Reviewer"):
        assert name not in text


def test_a_narrower_approval_is_listed_as_narrow(office):
    office.technical_reviewer  # noqa: B018
    case = office.asks(
        "maths.example",
        "teacher",
        kind=Kind.RESOURCE,
        title="Maths",
        lasts=Lasts.STANDING.value,
        audience={"schools": ["valley-high"]},
    )
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN)
    desk.claim(case.pk, office.technical_reviewer, at=MONDAY)
    until = MONDAY + timedelta(days=30)
    narrow = Opened("maths.example", audience={"schools": ("valley-high",)}, ends=until)
    desk.approve(
        case.pk, office.technical_reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN,
        listing=Listing.EXCEPTION, opening=narrow,
    )  # fmt: skip
    assert listed()[0].until == date(2026, 12, 30)
