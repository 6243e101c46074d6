from datetime import timedelta

import pytest

from proxy.console.review import desk, queues, visibility
from proxy.console.review.models import Case
from proxy.console.review.queues import NoSuchPlace, Show, Wanted, Whose
from proxy.console.review.states import Kind
from review_office import MONDAY, Office

ON = MONDAY.date()


@pytest.fixture
def queue(office: Office):
    """Five requests, an hour apart; the due times follow them."""
    for hour in range(5):
        office.asks(f"site-{hour}.example", by=f"student-{hour}", at=MONDAY + timedelta(hours=hour))
    return visibility.queue_for(office.reviewer, ON)


def hosts(page):
    return [row.case.host for row in page.rows]


def test_what_is_due_soonest_comes_first(office, queue):
    page = queues.page(queue, Wanted(), office.reviewer, MONDAY)

    assert hosts(page) == [f"site-{hour}.example" for hour in range(5)]
    assert page.after == ""


def test_pages_follow_each_other_without_gap_or_double(office, queue):
    seen, after = [], ""
    while True:
        page = queues.page(queue, Wanted(), office.reviewer, MONDAY, after, size=2)
        seen += hosts(page)
        after = page.after
        if not after:
            break

    assert seen == [f"site-{hour}.example" for hour in range(5)]


def test_cases_with_one_due_time_are_told_apart_by_number(office):
    for name in "abcde":
        office.asks(f"{name}.example", by=f"student-{name}")
    cases = visibility.queue_for(office.reviewer, ON)

    first = queues.page(cases, Wanted(), office.reviewer, MONDAY, size=3)
    second = queues.page(cases, Wanted(), office.reviewer, MONDAY, first.after, size=3)

    assert hosts(first) + hosts(second) == [f"{name}.example" for name in "abcde"]


@pytest.mark.parametrize(("wanted", "found"), [
    (Wanted(text="site-3"), {3}),
    (Wanted(text="SITE-3"), {3}),
    (Wanted(text="no such"), set()),
    (Wanted(kind=Kind.RESOURCE), set()),
    (Wanted(kind=Kind.UNBLOCK), {0, 1, 3, 4}),
    (Wanted(school="valley-high"), {0, 1, 3, 4}),
    (Wanted(school=""), set()),
    (Wanted(whose=Whose.MINE), {1}),
    (Wanted(whose=Whose.UNCLAIMED), {0, 3, 4}),
    (Wanted(show=Show.WAITING), {2}),
    (Wanted(show=Show.DENIED), set()),
])  # fmt: skip
def test_filters(office, queue, wanted, found):
    second, third = Case.objects.get(host="site-1.example"), Case.objects.get(host="site-2.example")
    desk.claim(second.pk, office.reviewer, at=MONDAY)
    desk.claim(third.pk, office.reviewer, at=MONDAY)
    desk.ask(third.pk, office.reviewer, at=MONDAY, question="Which page?")

    page = queues.page(queue, wanted, office.reviewer, MONDAY)

    assert set(hosts(page)) == {f"site-{number}.example" for number in found}


@pytest.mark.parametrize("spelling", ["{}", "#{}", " #{} "])
def test_a_case_is_found_by_its_number(office, queue, spelling):
    case = Case.objects.get(host="site-3.example")

    page = queues.page(queue, Wanted(text=spelling.format(case.pk)), office.reviewer, MONDAY)

    assert "site-3.example" in hosts(page)


def test_overdue_is_what_was_due_before_now(office, queue):
    second = Case.objects.get(host="site-1.example")

    page = queues.page(queue, Wanted(whose=Whose.OVERDUE), office.reviewer, second.due_at)

    assert hosts(page) == ["site-0.example"]
    assert all(row.is_overdue for row in page.rows)


def test_a_row_says_how_many_ask(office):
    for name in ("student-a", "student-b", "student-c"):
        office.asks("physics.example", by=name)

    [row] = queues.page(visibility.queue_for(office.reviewer, ON), Wanted(), office.reviewer, MONDAY).rows

    assert row.asked == 3


@pytest.mark.parametrize(
    "after", ["x", "~", "2026-11-30T15:00:00~1", "2026-11-30T15:00:00+00:00~x", "9" * 40, "~-1"]
)
@pytest.mark.parametrize("show", [Show.DUE, Show.ENDED])
def test_a_made_up_place_is_no_place(office, queue, after, show):
    with pytest.raises(NoSuchPlace):
        queues.page(queue, Wanted(show=show), office.reviewer, MONDAY, after)


def test_appeals_are_a_queue_of_their_own(office):
    office.appealed()
    cases = visibility.queue_for(office.appeal_officer, ON)

    [row] = queues.appeals(cases, Wanted(), office.appeal_officer, MONDAY).rows

    assert row.is_free
    assert queues.page(cases, Wanted(), office.appeal_officer, MONDAY).rows == ()
    assert queues.counts(cases, office.appeal_officer, MONDAY, appealed=True).unclaimed == 1


def test_counts(office, queue):
    desk.claim(Case.objects.get(host="site-1.example").pk, office.reviewer, at=MONDAY)
    late = Case.objects.get(host="site-2.example").due_at

    counts = queues.counts(queue, office.reviewer, late)

    assert (counts.due, counts.unclaimed, counts.mine, counts.overdue, counts.waiting) == (5, 4, 1, 2, 0)


def test_a_page_costs_the_same_number_of_queries_however_long_the_queue(
    office, queue, django_assert_num_queries
):
    with django_assert_num_queries(4):
        queues.page(queue, Wanted(), office.reviewer, MONDAY, size=2)
    with django_assert_num_queries(4):
        queues.page(queue, Wanted(), office.reviewer, MONDAY, size=5)
