"""Who asks, in tests of the portal's pages: there is always a reviewer to answer."""

import pytest


@pytest.fixture
def student(office):
    """A student of the school."""
    office.reviewer  # noqa: B018  (somebody is there to answer)
    return office.student


@pytest.fixture
def teacher(office):
    """A teacher of the school."""
    office.reviewer  # noqa: B018
    return office.teacher
