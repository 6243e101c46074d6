import pytest
from hypothesis import given
from hypothesis import strategies as st

from packets import framed
from proxy.replay.formats import streams
from proxy.replay.formats.frames import Segment
from proxy.replay.formats.streams import MAX_AHEAD, Streams

MESSAGES = [b"one", b"two two", b"three"]
STREAM = b"".join(framed(message) for message in MESSAGES)


def part(number, payload, **more):
    return Segment("192.0.2.7", 40000, "192.0.2.53", 53, True, payload, number % 2**32, **more)


def told(*segments):
    taker = Streams()
    return [message for segment in segments for message in taker.messages(segment)]


@pytest.mark.parametrize(
    "segments",
    [
        pytest.param([part(99, b"", is_first=True), part(100, STREAM)], id="in one"),
        pytest.param([part(100, STREAM)], id="the beginning was not captured"),
        pytest.param([part(100 + at, STREAM[at : at + 1]) for at in range(len(STREAM))], id="octet by octet"),
        pytest.param([part(100, STREAM[:4]), part(108, STREAM[8:]), part(104, STREAM[4:8])], id="early"),
        pytest.param([part(100, STREAM[:4]), part(100, STREAM[:6]), part(106, STREAM[6:])], id="sent again"),
        pytest.param([part(2**32 - 3, STREAM[:5]), part(2, STREAM[5:])], id="numbers begin anew"),
        pytest.param([part(99, STREAM, is_first=True)], id="with the first segment"),
    ],
)
def test_messages_come_whole_and_in_order(segments):
    assert told(*segments) == MESSAGES


def test_two_directions_do_not_mix():
    other = Segment("192.0.2.53", 53, "192.0.2.7", 40000, True, framed(b"answer"), 7)
    assert sorted(told(part(1, STREAM[:4]), other, part(5, STREAM[4:]))) == sorted([b"answer", *MESSAGES])


def test_the_end_forgets_a_direction():
    taker = Streams()
    assert list(taker.messages(part(1, STREAM[:4]))) == []
    assert list(taker.messages(part(5, b"", is_last=True))) == []
    assert list(taker.messages(part(900, framed(b"next")))) == [b"next"]


def test_a_message_of_no_octets_is_none():
    assert told(part(1, b"\0\0" + framed(b"x"))) == [b"x"]


def test_no_more_is_held_than_is_said(monkeypatch):
    monkeypatch.setattr(streams, "MAX_FLOWS", 3)
    taker = Streams()
    for port in range(10):
        list(taker.messages(Segment("192.0.2.7", port, "192.0.2.53", 53, True, b"\xff\xff", 1)))
    assert len(taker._flows) == 3
    flow = taker._flows["192.0.2.7", 9, "192.0.2.53", 53]
    for number in range(100):
        list(taker.messages(Segment("192.0.2.7", 9, "192.0.2.53", 53, True, b"x", 1000 + number)))
    assert len(flow.ahead) == MAX_AHEAD


@given(st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=9), st.booleans()), max_size=12))
def test_nothing_raises_and_no_octet_is_made_up(segments):
    found = told(*(part(number, payload, is_last=last) for number, payload, last in segments))
    assert sum(map(len, found)) <= sum(len(payload) for _, payload, _ in segments)
