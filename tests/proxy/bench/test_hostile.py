"""Inputs that would make detectors slow: four times as long where that is what they are for."""

import pytest

from proxy.bench import hostile
from proxy.bench.goals import HOSTILE
from proxy.bypass.observed import MAX_BODY, MAX_FIRST, MAX_MESSAGES

KINDS = {
    "request": hostile.REQUESTS,
    "answer": hostile.ANSWERS,
    "message": hostile.MESSAGES,
    "name": hostile.NAMES,
    "opening": hostile.OPENINGS,
}
EVERY = [(kind, name) for kind, inputs in KINDS.items() for name in inputs]


def length(seen):
    if hasattr(seen, "first"):
        return len(seen.first)
    if hasattr(seen, "type"):
        return len(seen.name)
    if seen.messages:
        return sum(len(message.payload) for message in seen.messages)
    body = len(seen.answer.body) if seen.answer else 0
    return len(seen.target) + sum(len(value) for _, value in seen.fields) + body


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_the_long_one_is_longer(kind, name):
    size, make = KINDS[kind][name]
    assert 2 * length(make(size)) < length(make(4 * size)) < 5 * length(make(size))


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_nothing_is_longer_than_detectors_are_ever_shown(kind, name):
    size, make = KINDS[kind][name]
    seen = make(4 * size)
    if kind == "answer":
        assert len(seen.answer.body) <= MAX_BODY
    elif kind == "message":
        assert len(seen.messages) <= MAX_MESSAGES
        assert all(len(message.payload) <= MAX_FIRST for message in seen.messages)
    elif kind == "opening":
        assert len(seen.first) <= MAX_FIRST


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_another_one_is_not_the_same(kind, name):
    size, make = KINDS[kind][name]
    seen = make(size)
    assert len({hostile.another(seen, 1), hostile.another(seen, 2), seen}) == 3


def test_each_has_a_goal():
    assert {f"{kind}-{name}" for kind, name in EVERY} == set(HOSTILE)
