from itertools import pairwise

import pytest

from proxy.bypass.exchange.detectors import ANSWER_DETECTORS, MESSAGE_DETECTORS, REQUEST_DETECTORS
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange
from tests.fakes.exchanges import answered, asked, shipped, talked


def fault(name: str, error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("detectors", "seen"),
    [
        pytest.param(REQUEST_DETECTORS, asked("https://www.example.org/page?q=1"), id="request"),
        pytest.param(
            ANSWER_DETECTORS, answered("https://www.example.org/", "text/html", "<title>Hi"), id="answer"
        ),
        pytest.param(ANSWER_DETECTORS, asked("https://www.example.org/"), id="no answer yet"),
        pytest.param(MESSAGE_DETECTORS, talked((True, "hi"), (False, b"\1\2")), id="messages"),
        pytest.param(MESSAGE_DETECTORS, talked(), id="no message yet"),
    ],
)
def test_ordinary_exchanges_have_no_signs(detectors, seen):
    assert notice(detectors, seen, shipped(), fault) == ()


def test_each_detector_stands_once_in_its_list():
    names = [each.__name__ for each in (*REQUEST_DETECTORS, *ANSWER_DETECTORS, *MESSAGE_DETECTORS)]
    assert len(names) == len(set(names))


def test_a_message_that_was_let_through_stays_let_through():
    wisp = b"\x03\0\0\0\0\x80\0\0\0"
    whole = talked((False, wisp), (True, b"\x01\x07\0\0\0\x01\xbb\x01games.example"))
    counts = [
        len(notice(MESSAGE_DETECTORS, _until(whole, end), shipped(), fault))
        for end in range(len(whole.messages) + 1)
    ]
    assert counts[0] == 0
    assert all(before <= after for before, after in pairwise(counts))
    assert counts[-1] == 2


def _until(seen: Exchange, end: int) -> Exchange:
    return Exchange(seen.method, seen.url, fields=seen.fields, messages=seen.messages[:end])
