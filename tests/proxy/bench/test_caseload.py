from datetime import UTC, datetime

import pytest
from django.db.models import Count, Q

from proxy.bench.caseload import fill
from proxy.console.audit.chain import Link, fault_in
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Duty, Person
from proxy.console.portal.approved import approved
from proxy.console.review.models import Asking, Case, Decision, Move, Opening
from proxy.console.site.config import config

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def load(db):
    for login in ("mokafor", "rcastillo", "reviewer", "reviewer2", "techreviewer"):
        role = "student" if login == "mokafor" else "teacher"
        person = Person.objects.create(login=login, role=role, demo=True)
        if login.endswith(("reviewer", "reviewer2")):
            kind = "technical_reviewer" if login == "techreviewer" else "reviewer"
            Duty.objects.create(person=person, kind=kind)
    return fill(2000, AT, ["valley-high", ""])


def test_half_of_the_cases_wait_and_the_others_are_answered(load):
    states = dict(Case.objects.values_list("state").annotate(Count("pk")))

    assert load.cases == sum(states.values()) == 2000
    assert states["submitted"] + states["in_review"] == 1000
    answered = ("expired", "approved", "closed", "denied", "withdrawn")
    assert [states[name] for name in answered] == [200] * 5
    assert Asking.objects.filter(teacher__login="rcastillo").count() > 0
    assert load.of_the_visitor == Asking.objects.filter(asker__login="mokafor").count() > 0


def test_each_case_has_what_its_state_asks_for(load):
    waits = Q(state__in=["submitted", "in_review"])

    assert not Case.objects.filter(waits).filter(Q(duty="") | Q(due_at=None)).exists()
    assert not Case.objects.filter(Q(state="in_review", holder=None)).exists()
    assert not Case.objects.filter(askings=None).exists()
    assert not Case.objects.filter(moves=None).exists()
    assert not Case.objects.filter(state="withdrawn", askings__withdrawn_at=None).exists()
    assert Decision.objects.exclude(outcome="endorsed").count() == 800
    assert Opening.objects.count() == 400
    assert set(Move.objects.filter(step="withdraw").values_list("before", "after")) == {
        ("submitted", "withdrawn")
    }
    assert set(Move.objects.filter(step="deny").values_list("before", "after")) == {("in_review", "denied")}
    assert not Case.objects.filter(opened_at__gt=AT).exists()


def test_some_approved_resources_stand_on_the_list(load):
    resources = Case.objects.filter(kind="resource", state="approved")

    assert resources.count() == Decision.objects.filter(outcome="endorsed").count() == 20
    assert len(approved(AT, config().settings)) == 20


def test_each_step_stands_in_the_record(load):
    records, link = AuditRecord.objects.order_by("number"), Link()

    assert records.count() == Move.objects.count()
    for record in records:
        assert fault_in(link, record) is None
        link = Link(record.number, record.hash)
