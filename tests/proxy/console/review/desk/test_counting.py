"""What each step adds to the figures; `reports/test_by_hand.py` compares them with a count by hand."""

from datetime import timedelta

import pytest

from proxy.console.review import desk
from proxy.console.review.clockwork import escalate
from proxy.console.review.desk.counting import blocked_by
from proxy.console.review.models import Counted, CountedBlock
from review_office import MONDAY, NOTHING_SEEN

UT1 = {"list_id": "ut1", "category": "games"}
HOUR, HOUR_US = timedelta(hours=1), 3_600_000_000


def counted():
    return Counted.objects.values_list("asked", "late", "in_school_us", "by_clock_us").get()


def test_a_request_and_who_joins_it(office):
    office.asks(evidence=UT1)
    office.asks(by="student_two", evidence=UT1)

    assert counted() == (2, False, None, None)
    assert [*CountedBlock.objects.values_list("list_id", "category", "answered", "approved")] == [
        ("ut1", "games", False, False)
    ]


def test_who_asks_twice_is_counted_once(office):
    office.asks()
    office.asks()

    assert counted() == (1, False, None, None)


def test_what_goes_to_the_counselor_alone_is_not_counted(office):
    case = office.asks_alone(evidence=UT1)
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.deny(case.pk, office.counselor, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    assert (Counted.objects.count(), CountedBlock.objects.count()) == (0, 0)


def test_the_first_answer_has_its_time_and_an_appeal_changes_none_of_it(office):
    case = office.asks(evidence=UT1)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    at = MONDAY + 26 * HOUR
    desk.deny(case.pk, office.reviewer, at=at, reason="no", checklist=NOTHING_SEEN)
    took = (1, True, 10 * HOUR_US, 26 * HOUR_US)
    assert counted() == took
    assert CountedBlock.objects.values_list("answered", "approved").get() == (True, False)

    office.appeal_officer  # noqa: B018  (somebody is there to hear it)
    desk.appeal(case.pk, office.student, at=at, grounds="it is for class")
    desk.claim_appeal(case.pk, office.appeal_officer, at=at + HOUR)
    desk.overturn(
        case.pk, office.appeal_officer, at=at + HOUR, reason="fine", checklist=NOTHING_SEEN,
        opening=desk.as_asked(case),
    )  # fmt: skip

    assert counted() == took
    assert CountedBlock.objects.values_list("answered", "approved").get() == (True, True)


@pytest.mark.parametrize(("make", "late"), [("asks", True), ("appealed", False)])
def test_late_is_an_answer_and_not_an_appeal(office, make, late):
    case = getattr(office, make)()

    assert escalate(case.due_at + HOUR) == 1
    assert Counted.objects.get().late is late


@pytest.mark.parametrize(("after", "late"), [(timedelta(0), False), (HOUR, True)])
def test_what_is_late_stays_late_also_where_no_timer_saw_it(office, after, late):
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    at = case.due_at + after
    desk.deny(case.pk, office.reviewer, at=at, reason="no", checklist=NOTHING_SEEN)
    assert Counted.objects.get().late is late

    office.appeal_officer  # noqa: B018  (somebody is there to hear it)
    desk.appeal(case.pk, office.student, at=at + HOUR, grounds="it is for class")
    assert Counted.objects.get().late is late


def test_an_overdue_appeal_does_not_make_the_answer_late_afterwards(office):
    case = office.appealed(ends=MONDAY + timedelta(days=60))
    late = case.due_at + HOUR
    escalate(late)
    desk.claim_appeal(case.pk, office.appeal_officer, at=late)
    ruled = {"at": late, "reason": "fine", "checklist": NOTHING_SEEN, "opening": desk.as_asked(case)}
    desk.overturn(case.pk, office.appeal_officer, **ruled)
    desk.revoke(case.pk, office.reviewer, at=late + HOUR, reason="a mistake")

    assert Counted.objects.get().late is False


@pytest.mark.parametrize(
    ("evidence", "named"),
    [
        pytest.param({}, ("", ""), id="nothing"),
        pytest.param(UT1, ("ut1", "games"), id="a list under a category"),
        pytest.param({"list_id": None, "category": "games"}, ("", "games"), id="no list"),
        pytest.param({"list_id": ["x"], "category": {"y": 1}}, ('["x"]', '{"y": 1}'), id="something strange"),
        pytest.param({"list_id": "x" * 300}, ("x" * 255, ""), id="too long"),
    ],
)
def test_by_what_a_page_was_blocked(evidence, named):
    assert blocked_by(evidence) == named
