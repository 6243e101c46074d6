from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from proxy.console.reports import counting
from proxy.console.reports.counting import Scope
from proxy.console.reports.figures import Answers, Appeals, Made, Refused
from proxy.console.reports.periods import Period
from proxy.console.review import desk
from proxy.console.review.clockwork import escalate
from proxy.console.review.states import Kind
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOUR_US = 3_600_000_000
CHICAGO = ZoneInfo("America/Chicago")
FIRST = date(2026, 11, 30)
WEEK = Scope(Period(FIRST, date(2026, 12, 6), CHICAGO))
LATER = MONDAY + 6 * DAY
UT1 = {"list_id": "ut1", "category": "games"}


def decided(office, step, case, at, **more):
    desk.claim(case.pk, office.reviewer, at=at)
    told = {"reason": "because", "checklist": NOTHING_SEEN, **more}
    return getattr(desk, step)(case.pk, office.reviewer, at=at, **told)


def test_requests_are_counted_by_kind_school_and_part(office):
    office.asks("physics.example", by="student")
    office.asks("physics.example", by="student_two", at=MONDAY + HOUR)
    office.asks("chemistry.example", by="student")
    office.asks("games.example", by="student", kind=Kind.SHOULD_BLOCK)
    office.asks("biology.example", by="student", at=MONDAY + DAY, school="lakeside")

    assert sorted(counting.made(WEEK, MONDAY), key=str) == [
        Made("should_block", SCHOOL, FIRST, cases=1, asked=1),
        Made("unblock", "lakeside", FIRST + DAY, cases=1, asked=1),
        Made("unblock", SCHOOL, FIRST, cases=2, asked=3),
    ]


def test_an_answer_counts_from_the_first_asking_in_both_times(office):
    case = office.asks("physics.example", by="student")
    office.asks("physics.example", by="student_two", at=MONDAY + HOUR)
    office.asks("waits.example")
    decided(office, "deny", case, MONDAY + 26 * HOUR)

    assert counting.answers(WEEK) == [
        Answers("unblock", SCHOOL, FIRST, in_school=[10 * HOUR_US], by_clock=[26 * HOUR_US])
    ]


def overdue(at):
    return sum(group.overdue for group in counting.made(WEEK, at))


def test_without_an_answer_it_is_overdue_after_its_due_time(office):
    case = office.asks("physics.example")

    assert [overdue(case.due_at), overdue(case.due_at + HOUR)] == [0, 1]


def test_an_answer_after_the_due_time_stays_overdue_also_under_appeal(office):
    case = office.asks("physics.example")
    office.asks("in-time.example")
    late = case.due_at + HOUR
    escalate(late)
    in_time = office.asks("in-time.example")
    decided(office, "deny", case, late)
    decided(office, "deny", in_time, late)
    assert overdue(LATER) == 2

    office.appeal_officer  # noqa: B018  (somebody is there to hear it)
    desk.appeal(case.pk, office.student, at=late + HOUR, grounds="it is for class")

    assert overdue(late + HOUR) == 2


def test_a_late_answer_is_overdue_also_while_no_timer_runs(office):
    case = office.asks("physics.example")
    decided(office, "deny", case, case.due_at + HOUR)

    assert overdue(LATER) == 1


def test_an_overdue_appeal_is_no_overdue_answer(office):
    case = office.appealed(host="physics.example")
    escalate(case.due_at + HOUR)

    assert overdue(case.due_at + HOUR) == 0


def test_withdrawn_is_not_answered(office):
    case = office.asks("physics.example")
    desk.withdraw(case.pk, office.student, at=MONDAY + HOUR)

    assert counting.answers(WEEK) == []
    assert overdue(LATER) == 0


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        pytest.param(WEEK, 1, id="in the period"),
        pytest.param(Scope(Period(FIRST, FIRST, CHICAGO)), 1, id="on its one day"),
        pytest.param(Scope(Period(FIRST - DAY, FIRST - DAY, CHICAGO)), 0, id="the day before"),
        pytest.param(Scope(WEEK.period, frozenset({SCHOOL, "other"})), 1, id="of this school"),
        pytest.param(Scope(WEEK.period, frozenset({"other"})), 0, id="of another school"),
        pytest.param(Scope(WEEK.period, frozenset()), 0, id="of no school"),
    ],
)
def test_a_scope_has_its_days_and_schools(office, scope, found):
    decided(office, "deny", office.asks("physics.example", evidence=UT1), MONDAY)

    assert sum(group.cases for group in counting.made(scope, LATER)) == found
    assert len(counting.answers(scope)) == found
    assert len(counting.refused(scope)) == found


def test_what_became_of_appeals(office):
    office.appealed(host="waits.example")
    upheld = office.appealed(host="upheld.example")
    desk.claim_appeal(upheld.pk, office.appeal_officer, at=MONDAY + HOUR)
    desk.uphold(
        upheld.pk, office.appeal_officer, at=MONDAY + HOUR, reason="it stands", checklist=NOTHING_SEEN
    )
    office.denied(host="never-appealed.example")

    assert counting.appeals(WEEK) == Appeals(made=2, taken_back=0, decided=1, overturned=0)


def test_each_appeal_counts_and_those_taken_back_stand_apart(office):
    office.asks("a.example", by="student_two")
    case = office.appealed(host="a.example")
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY + HOUR)
    desk.appeal(case.pk, office.student_two, at=MONDAY + HOUR, grounds="it is for our class, too")

    assert counting.appeals(WEEK) == Appeals(made=2, taken_back=1, decided=0, overturned=0)


def test_refused_pages_rest_on_what_the_gateway_froze(office):
    office.approved(host="a.example", evidence=UT1)
    office.denied(host="b.example", evidence=UT1)
    office.asks("c.example", evidence={"list_id": "", "category": "social"})
    office.asks("d.example", evidence={})
    office.asks("e.example", kind=Kind.SHOULD_BLOCK, evidence=UT1)
    office.asks_alone(host="f.example", evidence=UT1)

    assert sorted(counting.refused(WEEK), key=str) == [
        Refused("", "social", asked=1),
        Refused("ut1", "games", asked=2, answered=2, approved=1),
    ]


def test_equal_requests_count_once(office):
    office.asks("a.example", by="student", evidence=UT1)
    office.asks("a.example", by="student_two", evidence=UT1)

    assert counting.refused(WEEK) == [Refused("ut1", "games", asked=1)]


def test_an_appeal_that_was_granted_counts_as_approved(office):
    case = office.appealed(host="a.example", evidence=UT1)
    assert counting.refused(WEEK) == [Refused("ut1", "games", asked=1, answered=1)]

    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY + HOUR)
    desk.overturn(
        case.pk, office.appeal_officer, at=MONDAY + HOUR, reason="it is fine", checklist=NOTHING_SEEN,
        opening=desk.as_asked(case),
    )  # fmt: skip

    assert counting.refused(WEEK) == [Refused("ut1", "games", asked=1, answered=1, approved=1)]
    assert counting.appeals(WEEK) == Appeals(made=1, taken_back=0, decided=1, overturned=1)
    assert [one.by_clock for one in counting.answers(WEEK)] == [[0]]


def test_evidence_of_a_strange_form_does_no_harm(office):
    office.asks("a.example", evidence={"category": "games"})
    office.asks("b.example", evidence={"list_id": ["x"], "category": {"y": 1}})

    assert Refused("", "games", asked=1) in counting.refused(WEEK)
    assert len(counting.refused(WEEK)) == 2


def test_more_requests_ask_no_more_questions(office, django_assert_num_queries):
    for n in range(3):
        office.asks(f"host-{n}.example", by=f"student_{n}")
    with django_assert_num_queries(6):
        counting.made(WEEK, LATER)
        counting.answers(WEEK)
        counting.appeals(WEEK)
        counting.refused(WEEK)
