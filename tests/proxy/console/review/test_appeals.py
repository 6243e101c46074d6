"""Each who may appeal a denial can once, and one appeal is heard at a time."""

import pytest

from past_the_desk import refused
from proxy.console.review import desk
from proxy.console.review.appeals import Appeal, appeal_of, has_appealed, standing_appeal
from review_office import MONDAY


def test_it_is_the_one_that_is_heard(office):
    case = office.denied()
    with pytest.raises(Appeal.DoesNotExist):
        appeal_of(case)
    assert standing_appeal(case) is None

    desk.appeal(case.pk, office.student, at=MONDAY, grounds="please")

    assert appeal_of(case).by == office.student
    assert standing_appeal(case) == appeal_of(case)
    fields = {"case": case, "by": office.student2, "at": MONDAY, "grounds": "mine"}
    refused("takes the place|one appeal|put in by", Appeal.objects.create, **fields)


def test_one_that_was_withdrawn_is_had_but_not_heard(office):
    office.asks(by="student2")
    case = office.appealed()
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

    assert has_appealed(office.student, case)
    assert not has_appealed(office.student2, case)
    with pytest.raises(Appeal.DoesNotExist):
        appeal_of(case)


def test_who_records_a_guardians_has_had_none(office):
    case = office.denied()
    desk.appeal(case.pk, office.reviewer2, at=MONDAY, grounds="please", guardian="Ana Ruiz")

    assert not has_appealed(office.reviewer2, case)
