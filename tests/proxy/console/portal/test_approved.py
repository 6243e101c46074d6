"""Approved resources: what stands on the public list, and what never does."""

from datetime import UTC, date, datetime, timedelta

import pytest

from proxy.console.portal.approved import Approved, Sought, approved, choices
from proxy.console.review import desk
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Listing, Resource
from proxy.console.site.config import config
from review_office import MONDAY, NOTHING_SEEN


def approve(office, host="optics.example", **fields):
    """A resource that both tracks have looked at."""
    given = {
        "kind": Kind.RESOURCE,
        "title": "Optics Lab",
        "course": "Physics",
        "grade": "10",
        "lasts": Lasts.STANDING.value,
        "audience": {"schools": ["valley-high"]},
        **fields,
    }
    office.technical_reviewer  # noqa: B018
    case = office.asks(host, "teacher", **given)
    for who in (office.reviewer, office.technical_reviewer):
        desk.claim(case.pk, who, at=MONDAY)
        terms = {"at": MONDAY, "reason": "good", "checklist": NOTHING_SEEN}
        if who == office.reviewer:
            desk.endorse(case.pk, who, **terms)
        else:
            desk.approve(case.pk, who, **terms, listing=Listing.EXCEPTION, opening=desk.as_asked(case))
    case.refresh_from_db()
    assert case.state == "approved"
    return case


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
    assert len(listed(begins)) == 1


def test_what_ends_at_midnight_is_there_until_the_day_before(office):
    midnight = datetime(2026, 12, 8, 6, 0, tzinfo=UTC)  # in Chicago
    approve(office, lasts=Lasts.DATES.value, ends=midnight)
    assert listed()[0].until == date(2026, 12, 7)


def test_neither_asker_nor_decider_nor_purpose_stands_there(office):
    approve(office, purpose="for Mina Okafor")
    text = str(listed())
    for name in ("Mina", "Teacher", "Reviewer"):
        assert name not in text


ONE = Approved(
    "Optics Lab", "app", "optics.example", "Physics", ("10", "11"), ("High",), "", "", "", None,
    date(2026, 1, 1), None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        pytest.param(Sought(), True, id="anything"),
        pytest.param(Sought(words="lab OPTICS"), True, id="words in any order"),
        pytest.param(Sought(words="chemistry"), False, id="another word"),
        pytest.param(Sought(kind="app"), True, id="its kind"),
        pytest.param(Sought(kind="site"), False, id="another kind"),
        pytest.param(Sought(subject="Physics"), True, id="its subject"),
        pytest.param(Sought(subject="Art"), False, id="another subject"),
        pytest.param(Sought(grade="11"), True, id="one of its grades"),
        pytest.param(Sought(grade="01"), False, id="another grade"),
        pytest.param(Sought(school="High"), True, id="its school"),
        pytest.param(Sought(school="Elementary"), False, id="another school"),
    ],
)
def test_looking_for_something(sought, expected):
    assert sought.fits(ONE) is expected


def test_what_can_be_looked_for():
    assert choices([ONE]) == {
        "kinds": ["app"],
        "subjects": ["Physics"],
        "grades": ["10", "11"],
        "schools": ["High"],
    }


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
