"""Hanging up when the time is up."""

import socket

import pytest

from proxy.lists.deadline import CONNECTED, Deadline


class _Stream:
    """What httpcore says it has connected."""

    def __init__(self, connected):
        self._connected = connected

    def get_extra_info(self, _):
        return self._connected


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(60)
        yield ours, theirs


def test_a_noted_connection_is_ended_when_the_time_is_up(pair):
    ours, theirs = pair
    with Deadline(0.05) as deadline:
        deadline.note(CONNECTED, {"return_value": _Stream(ours)})

        assert theirs.recv(1) == b""
        assert deadline.is_up


def test_a_connection_made_after_the_time_is_ended_at_once(pair):
    ours, theirs = pair
    with Deadline(0.0) as deadline:
        deadline._timer.join()
        deadline.note(CONNECTED, {"return_value": _Stream(ours)})

        assert theirs.recv(1) == b""


def test_a_fetch_that_ends_in_time_keeps_its_connection(pair):
    ours, theirs = pair
    with Deadline(60) as deadline:
        deadline.note("connection.connect_tcp.started", {})
        deadline.note(CONNECTED, {"return_value": _Stream(ours)})

    assert not deadline.is_up
    ours.sendall(b"x")
    assert theirs.recv(1) == b"x"
