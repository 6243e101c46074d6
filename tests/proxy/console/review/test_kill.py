"""A process that is killed in the middle of a step leaves all of it or nothing, and nothing is doubled."""

from contextlib import suppress
from datetime import timedelta

import pytest

from forked import alone, dying_at
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Person
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk, telling
from proxy.console.review.models import (
    Appeal,
    Asking,
    Case,
    Decision,
    Move,
    Opening,
    SeenTicket,
    Telling,
)
from proxy.console.review.workflow import Forbidden
from review_office import MONDAY, NOTHING_SEEN

KEPT = (Case, Asking, Appeal, Decision, Move, Opening, SeenTicket, Telling, Letter, AuditRecord)


pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(transactional_db, office):
    """Committed, so that other processes see it."""
    return office


def everything():
    """Every row of every table that a step can change."""
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in KEPT}


def claimed(office):
    case = office.asks()
    return desk.claim(case.pk, office.reviewer, at=MONDAY)


def asked_back(office):
    return desk.ask(claimed(office).pk, office.reviewer, at=MONDAY, question="which class?")


def heard(office):
    return desk.claim_appeal(office.appealed().pk, office.appeal_officer, at=MONDAY)


def waits_for_second(office):
    office.technician  # noqa: B018
    case = desk.endorse_appeal(heard(office).pk, office.appeal_officer, **signed())
    return desk.claim_appeal(case.pk, office.technician, at=MONDAY)


def signed_by_one(office):
    """An appeal that waits for a second signature which nobody can make any more."""
    office.technician  # noqa: B018
    case = desk.endorse_appeal(heard(office).pk, office.appeal_officer, **signed())
    Person.objects.filter(pk=office.technician.pk).update(left=True)
    return case


def told(office):
    office.counselor2  # noqa: B018
    office.counselor  # noqa: B018
    return telling.tell(by=office.student, subject="", school="valley-high", text="help", at=MONDAY)


def signed(**fields):
    return {"at": MONDAY, "reason": "because", "checklist": NOTHING_SEEN, **fields}


STEPS = {
    "submit": (
        lambda o: o.reviewer,
        lambda o, _: desk.submit(o.asking(ticket="event-1", teacher=o.teacher), at=MONDAY),
    ),
    "join": (lambda o: o.asks(), lambda o, _: desk.submit(o.asking(by="student2"), at=MONDAY)),
    "claim": (lambda o: o.asks(), lambda o, c: desk.claim(c.pk, o.reviewer, at=MONDAY)),
    "ask": (claimed, lambda o, c: desk.ask(c.pk, o.reviewer, at=MONDAY, question="which class?")),
    "answer": (asked_back, lambda o, c: desk.answer(c.pk, o.student, at=MONDAY, answer="7b")),
    "approve": (
        claimed,
        lambda o, c: desk.approve(c.pk, o.reviewer, **signed(opening=desk.as_asked(c))),
    ),
    "deny": (claimed, lambda o, c: desk.deny(c.pk, o.reviewer, **signed())),
    "withdraw": (claimed, lambda o, c: desk.withdraw(c.pk, o.student, at=MONDAY)),
    "appeal": (
        lambda o: o.denied(),
        lambda o, c: desk.appeal(c.pk, o.student, at=MONDAY, grounds="please"),
    ),
    "claim_appeal": (
        lambda o: o.appealed(),
        lambda o, c: desk.claim_appeal(c.pk, o.appeal_officer, at=MONDAY),
    ),
    "overturn": (
        heard,
        lambda o, c: desk.overturn(c.pk, o.appeal_officer, **signed(opening=desk.as_asked(c))),
    ),
    "return_appeal": (
        waits_for_second,
        lambda o, c: desk.return_appeal(c.pk, o.technician, at=MONDAY, reason="it is right"),
    ),
    "withdraw_appeal": (
        lambda o: (o.asks(by="student2"), o.appealed())[1],
        lambda o, c: desk.withdraw_appeal(c.pk, o.student, at=MONDAY),
    ),
    "uphold": (heard, lambda o, c: desk.uphold(c.pk, o.appeal_officer, at=MONDAY, reason="no")),
    "revoke": (
        lambda o: o.approved(),
        lambda o, c: desk.revoke(c.pk, o.reviewer, at=MONDAY, reason="a mistake"),
    ),
    "expire": (lambda o: o.approved(), lambda _, c: clockwork.expire(MONDAY + timedelta(days=7))),
    "close": (lambda o: o.denied(), lambda _, c: clockwork.close_unappealed(c.appeal_until)),
    "escalate": (lambda o: (o.reviewer2, o.asks())[1], lambda _, c: clockwork.escalate(c.due_at)),
    "give back": (signed_by_one, lambda _, c: clockwork.escalate(MONDAY)),
    "remind": (lambda o: o.asks(), lambda _, c: clockwork.remind(c.remind_at)),
    "tell the next": (told, lambda _, t: clockwork.escalate(t.escalates_at)),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_whole_or_not_at_all(office, step):
    prepare, take = STEPS[step]
    subject = prepare(office)
    for person in ("student", "student2", "teacher", "reviewer", "appeal_officer"):
        office.person(person)
    before, ended = everything(), None
    killed = 0
    for point in range(200):
        ended = alone(dying_at(point, lambda: take(office, subject) and None))
        assert ended.raised is None, (point, ended)
        if everything() != before:
            break
        assert ended.killed
        killed += 1
    after = everything()

    # The process was killed right after the commit: the step is there, whoever took it was not told.
    assert ended.killed
    assert killed > 3
    assert len(after["AuditRecord"]) == len(before["AuditRecord"]) + 1
    with suppress(Forbidden):
        take(office, subject)
    assert everything() == after
