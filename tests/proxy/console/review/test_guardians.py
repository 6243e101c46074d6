"""For which students a guardian can appeal."""

from proxy.console.review import desk
from proxy.console.review.guardians import children
from review_office import MONDAY, NOTHING_SEEN


def test_those_who_still_ask_each_once(office):
    case = office.asks(asker=None, ticket="event-7")
    for name in ("student", "student2", "student3", "teacher"):
        office.asks(by=name)
    desk.withdraw(case.pk, office.student3, at=MONDAY)

    found = children(case, case.askings.all())

    assert [(child.student, child.had) for child in found] == [
        (office.student, False),
        (office.student2, False),
    ]
    assert found[0].asking == case.askings.get(asker=None)


def test_whose_guardian_has_had_an_appeal(office):
    case = office.asks(asker=None, ticket="event-7")
    office.asks()
    office.asks(by="student2")
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
    first = case.askings.order_by("pk").first()
    fields = {"grounds": "please", "guardian": "Ana Ruiz", "asking": first.pk}
    desk.appeal(case.pk, office.reviewer2, at=MONDAY, **fields)

    assert [child.had for child in children(case, case.askings.filter(asker__isnull=False))] == [True, False]
