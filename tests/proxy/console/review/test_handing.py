import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.handing import receiver, targets
from proxy.console.review.states import Kind, Listing
from review_office import MONDAY, NOTHING_SEEN


def test_officials_by_name_and_any_of_a_duty(office):
    case, other, technician = office.asks(), office.person("reviewer-b"), office.technician

    found = dict(targets(case, office.reviewer, MONDAY.date()))

    assert found == {
        "duty:reviewer": "Any reviewer",
        f"person:{other.pk}": "Reviewer-b, reviewer",
        "duty:technician": "Any technician",
        f"person:{technician.pk}": "Technician, technician",
    }


def test_no_duty_that_nobody_has_who_could_answer_it(office):
    case = office.asks()
    assert list(dict(targets(case, office.reviewer, MONDAY.date()))) == ["duty:reviewer"]

    office.charge(office.student, DutyKind.TECHNICIAN)

    found = dict(targets(case, office.reviewer, MONDAY.date()))
    assert "duty:technician" not in found
    assert case.duty == "reviewer"


def test_back_to_the_one_who_signed_first(office):
    office.technician  # noqa: B018
    case = desk.claim(office.asks().pk, office.reviewer, at=MONDAY)
    signed = {"reason": "a clinic", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
    case = desk.endorse(case.pk, office.reviewer, at=MONDAY, **signed)

    assert "duty:reviewer" in dict(targets(case, office.technician, MONDAY.date()))


def test_the_private_lane_stays_with_counselors(office):
    case = office.asks_alone()

    assert list(dict(targets(case, office.counselor, MONDAY.date()))) == ["duty:counselor"]


def test_a_resource_goes_to_the_two_who_review_it(office):
    office.technical_reviewer  # noqa: B018
    case = office.asks(kind=Kind.RESOURCE, title="App")

    assert "duty:technical_reviewer" in dict(targets(case, office.reviewer, MONDAY.date()))


@pytest.mark.django_db
def test_whom_a_target_means(office):
    assert receiver("duty:technician") is DutyKind.TECHNICIAN
    assert receiver(f"person:{office.reviewer.pk}") == office.reviewer
