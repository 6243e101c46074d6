"""The desk, when it is measured."""

import pytest

from console_people import SCHOOL, on_duty, teacher
from proxy.bench.decider import CLASS, HOST, Decider
from proxy.console.people.duties import DutyKind
from proxy.console.review.models import Case, Opening


@pytest.mark.django_db
def test_it_approves_for_a_class_takes_back_and_asks_anew() -> None:
    teacher("rcastillo", sourced_id="teacher-0003")
    on_duty(DutyKind.REVIEWER, login="reviewer", at_school=SCHOOL)
    decider = Decider()

    decider.approve()
    opening = Opening.objects.get()
    for_the_school = {"classes": [CLASS], "within": [SCHOOL]}
    assert (opening.host, opening.audience, opening.revoked_at) == (HOST, for_the_school, None)
    decider.revoke()
    assert Opening.objects.get().revoked_at is not None
    decider.ask_again()
    assert sorted(Case.objects.values_list("state", flat=True)) == ["in_review", "revoked"]
