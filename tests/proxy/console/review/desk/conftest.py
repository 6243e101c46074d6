"""What tests of the desk have at hand."""

import pytest

from proxy.console.review import desk
from review_office import MONDAY


@pytest.fixture
def claimed(office):
    """`claimed(by="reviewer")`: a request that somebody has claimed."""

    def claim(by="reviewer", **fields):
        case = office.asks(**fields)
        return desk.claim(case.pk, office.person(by), at=MONDAY)

    return claim
