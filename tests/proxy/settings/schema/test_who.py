"""Settings of networks and the roster."""

import pytest
from pydantic import ValidationError

from proxy.decision.policy import BlockAnswer
from proxy.settings.schema.who import Network, Placement, Role


def test_a_network_answers_with_the_block_page_and_identifies_unless_told_otherwise() -> None:
    network = Network.model_validate({"id": "n", "addresses": "192.0.2.0/24"})
    assert (network.block_answer, network.identify, network.inspect) == (BlockAnswer.PAGE, True, None)


def test_a_network_without_addresses_is_none() -> None:
    with pytest.raises(ValidationError):
        Network.model_validate({"id": "n", "addresses": []})


def test_a_placement_is_for_students_of_any_grade_unless_it_says_otherwise() -> None:
    placement = Placement.model_validate({"group": "middle", "grades": "06"})
    assert (placement.roles, placement.grades, placement.school) == ((Role.STUDENT,), ("06",), None)
