from datetime import UTC, datetime

import pytest
from django.db.models import Count, Q

from proxy.bench.caseload import fill
from proxy.console.people.models import Person
from proxy.console.review.models import Asking, Case, Decision, Move, Opening

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def load(db):
    for login in ("mokafor", "reviewer", "reviewer2"):
        Person.objects.create(login=login, role="student" if login == "mokafor" else "teacher", demo=True)
    return fill(2000, AT, ["valley-high", ""])


def test_half_of_the_cases_wait_and_the_others_are_answered(load):
    states = dict(Case.objects.values_list("state").annotate(Count("pk")))

    assert load.cases == sum(states.values()) == 2000
    assert states["submitted"] + states["in_review"] == 1000
    answered = ("expired", "approved", "closed", "denied", "withdrawn")
    assert [states[name] for name in answered] == [200] * 5
    assert load.of_the_visitor == Asking.objects.filter(asker__login="mokafor").count() > 0


def test_each_case_has_what_its_state_asks_for(load):
    waits = Q(state__in=["submitted", "in_review"])

    assert not Case.objects.filter(waits).filter(Q(duty="") | Q(due_at=None)).exists()
    assert not Case.objects.filter(Q(state="in_review", holder=None)).exists()
    assert not Case.objects.filter(askings=None).exists()
    assert not Case.objects.filter(moves=None).exists()
    assert Decision.objects.count() == 800
    assert Opening.objects.count() == 400
    assert set(Move.objects.filter(step="withdraw").values_list("before", "after")) == {
        ("submitted", "withdrawn")
    }
    assert set(Move.objects.filter(step="deny").values_list("before", "after")) == {("in_review", "denied")}
    assert not Case.objects.filter(opened_at__gt=AT).exists()
