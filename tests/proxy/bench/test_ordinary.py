"""Ordinary traffic, as the detectors are measured with it."""

from proxy.bench import ordinary
from proxy.bypass.all_detectors import ALL
from proxy.bypass.noticing import notice
from proxy.bypass.openings.hello import read_hello
from proxy.decision.signs import Consequence
from tests.fakes.exchanges import shipped

STOPPED = {Consequence.BLOCK, Consequence.INCIDENT}


def stopped(detectors, seen):
    def failed(name, error):
        raise AssertionError(name) from error

    found = [sign for each in seen for sign in notice(detectors, each, shipped(), failed)]
    return [sign.technique for sign in found if sign.consequence in STOPPED]


def test_no_shape_of_request_is_stopped():
    shapes = ordinary.requests()
    assert len(shapes) >= 20
    assert {shape: found for shape, seen in shapes.items() if (found := stopped(ALL.requests, seen))} == {}


def test_the_requests_of_a_shape_differ_in_address():
    for seen in ordinary.requests().values():
        assert len({each.url for each in seen}) == ordinary.VARIANTS


def test_no_name_opening_or_message_is_stopped():
    assert stopped(ALL.names, ordinary.questions()) == []
    assert stopped(ALL.openings, ordinary.openings()) == []
    assert stopped(ALL.messages, ordinary.sockets()) == []


def test_a_greeting_can_be_read():
    seen = read_hello(ordinary.client_hello("learn.example.org", (b"h2", b"http/1.1")))
    assert (seen.names, seen.protocols, seen.has_ech) == (("learn.example.org",), ("h2", "http/1.1"), False)
