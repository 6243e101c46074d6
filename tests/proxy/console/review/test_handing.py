import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review.handing import receiver, targets
from proxy.console.review.states import Kind
from review_office import MONDAY


def test_officials_by_name_and_any_of_a_duty(office):
    case, other, technician = office.asks(), office.person("reviewer-b"), office.technician

    found = dict(targets(case, office.reviewer, MONDAY.date()))

    assert found == {
        "duty:reviewer": "Any reviewer",
        f"person:{other.pk}": "Reviewer-b, reviewer",
        "duty:technician": "Any technician",
        f"person:{technician.pk}": "Technician, technician",
    }


def test_the_private_lane_stays_with_counselors(office):
    case = office.asks_alone()

    assert list(dict(targets(case, office.counselor, MONDAY.date()))) == ["duty:counselor"]


def test_a_resource_goes_to_the_two_who_review_it(office):
    case = office.asks(kind=Kind.RESOURCE, title="App")

    assert "duty:technical_reviewer" in dict(targets(case, office.reviewer, MONDAY.date()))


@pytest.mark.django_db
def test_whom_a_target_means(office):
    assert receiver("duty:technician") is DutyKind.TECHNICIAN
    assert receiver(f"person:{office.reviewer.pk}") == office.reviewer
