"""The process that the front door runs in."""

import resource

import pytest

from proxy.frontdoor.process import allow_descriptors


@pytest.fixture
def limits():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_of_open_files_is_raised_as_far_as_needed_and_never_lowered(limits):
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    allow_descriptors(100)
    raised = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raised == (800, limits[1])
    allow_descriptors(10)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == raised


def test_a_limit_that_cannot_be_raised_is_told(limits, caplog):
    allow_descriptors(10**9)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == limits[1]
    assert "lower proxy.max_connections" in caplog.text
