"""Of people who decide at once exactly one wins, and the others are told."""

from datetime import timedelta

import pytest

from forked import at_once
from proxy.console.audit.models import AuditRecord
from proxy.console.review import clockwork, desk
from proxy.console.review.models import Asking, Case, Decision, Move
from proxy.console.review.states import Step
from review_office import MONDAY, NOTHING_SEEN

ROUNDS = 5


pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(transactional_db, office):
    """Committed, so that other processes see it."""
    return office


def deny(case, by):
    return lambda: desk.deny(case.pk, by, at=MONDAY, reason="no", checklist=NOTHING_SEEN).pk


def approve(case, by):
    asked = desk.as_asked(case)
    return lambda: (
        desk.approve(case.pk, by, at=MONDAY, reason="yes", checklist=NOTHING_SEEN, opening=asked).pk
    )


def withdraw(case, by):
    return lambda: desk.withdraw(case.pk, by, at=MONDAY).pk


def records_follow_each_other():
    numbers = list(AuditRecord.objects.order_by("number").values_list("number", flat=True))
    return numbers == list(range(1, len(numbers) + 1))


def test_of_many_who_claim_at_once_one_gets_it(office):
    reviewers = [office.person(f"reviewer{n}") for n in range(6)]
    for round_ in range(ROUNDS):
        case = office.asks(f"site{round_}.example")

        ended = at_once([lambda by=by, case=case: desk.claim(case.pk, by, at=MONDAY).pk for by in reviewers])

        assert sorted(one.raised or "" for one in ended) == ["", *["Overtaken"] * 5]
        case.refresh_from_db()
        assert case.moves.filter(step=Step.CLAIM.value).count() == 1
        winner = reviewers[[one.raised for one in ended].index(None)]
        assert case.holder == winner
        assert all(winner.name in one.words for one in ended if one.raised)
    assert records_follow_each_other()


def test_of_two_decisions_at_once_one_counts(office):
    for round_ in range(ROUNDS):
        case = office.asks(f"site{round_}.example")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        office.reviewer2  # noqa: B018

        ended = at_once([approve(case, office.reviewer), deny(case, office.reviewer)])

        case.refresh_from_db()
        assert [one.raised for one in ended].count(None) == 1
        decision = Decision.objects.get(case=case)
        assert decision.outcome == case.state
        assert case.openings.count() == (1 if case.state == "approved" else 0)
    assert records_follow_each_other()


def test_what_is_withdrawn_while_it_is_decided_is_one_or_the_other(office):
    for round_ in range(ROUNDS):
        case = office.asks(f"site{round_}.example")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        student = office.student

        ended = at_once([approve(case, office.reviewer), withdraw(case, student)])

        case.refresh_from_db()
        assert [one.raised for one in ended].count(None) == 1
        assert (case.state, case.decisions.count()) in (("approved", 1), ("withdrawn", 0))


def test_of_two_appeal_officers_one_gets_the_appeal(office):
    case = office.appealed()
    officers = [office.appeal_officer, office.appeal_officer2]

    ended = at_once([lambda by=by: desk.claim_appeal(case.pk, by, at=MONDAY).pk for by in officers])

    assert sorted(one.raised or "" for one in ended) == ["", "Overtaken"]


def test_those_who_ask_for_the_same_at_once_share_one_case(office):
    office.reviewer  # noqa: B018
    askings = [office.asking(by=f"student{n}") for n in range(6)]

    ended = at_once([lambda asking=asking: desk.submit(asking, at=MONDAY).pk for asking in askings])

    assert [one.raised for one in ended] == [None] * 6
    assert len({one.returned for one in ended}) == 1
    assert Case.objects.get().askings.count() == 6
    assert Move.objects.count() == 1
    assert records_follow_each_other()


def test_one_ticket_used_at_once_from_two_windows_asks_once(office):
    office.reviewer  # noqa: B018
    asking = office.asking(ticket="event-1")

    ended = at_once([lambda: desk.submit(asking, at=MONDAY).pk] * 4)

    assert len({one.returned for one in ended}) == 1
    assert Asking.objects.count() == 1


def test_whoever_answers_a_question_can_ask_for_the_same_at_once(office):
    student = office.student
    for round_ in range(ROUNDS):
        case = office.asks(f"site{round_}.example")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.ask(case.pk, office.reviewer, at=MONDAY, question="which class?")
        again = office.asking(f"site{round_}.example")

        def answer(case=case):
            return desk.answer(case.pk, student, at=MONDAY, answer="7b").pk

        def ask(again=again):
            return desk.submit(again, at=MONDAY).pk

        ended = at_once([answer, ask, ask])

        assert [(one.raised, one.returned) for one in ended] == [(None, case.pk)] * 3


def test_nobody_asks_more_often_than_allowed_by_asking_at_once(office, with_console):
    with_console(requests_per_day=3)
    office.reviewer  # noqa: B018
    askings = [office.asking(f"site{n}.example") for n in range(6)]

    ended = at_once([lambda asking=asking: desk.submit(asking, at=MONDAY).pk for asking in askings])

    assert sorted(one.raised or "" for one in ended) == ["", "", "", *["TooMany"] * 3]
    assert Asking.objects.count() == 3


def test_two_timers_hand_a_case_up_once(office):
    office.reviewer2  # noqa: B018
    case = office.asks()
    due = case.due_at

    ended = at_once([lambda: clockwork.escalate(due)] * 4)

    assert sum(one.returned for one in ended) == 1
    case.refresh_from_db()
    assert (case.level, case.moves.filter(step=Step.ESCALATE.value).count()) == (1, 1)
    assert clockwork.escalate(due + timedelta(hours=1)) == 0
