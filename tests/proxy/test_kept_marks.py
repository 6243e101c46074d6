"""A piece of a body that was looked into is not looked into again; nothing else is taken for it."""

from dataclasses import replace

import pytest

from exchanges import shipped
from proxy import kept_marks
from proxy.bypass.exchange.bodies import marks_in
from proxy.bypass.exchange.body_rules import Marks
from proxy.bypass.exchange.kinds import Kind
from proxy.kept_marks import MIN_PIECE, KeptMarks

PLAIN = b"<!doctype html><title>Maths</title>" + b"<p>A lesson.</p>" * MIN_PIECE
SCRIPT = b"const uv = self.__uv$config;" + b" " * MIN_PIECE


@pytest.fixture
def asked(monkeypatch) -> list[Kind]:
    """The kinds of the pieces that were looked into."""
    kinds: list[Kind] = []

    def counted(kind, body, knowledge):
        kinds.append(kind)
        return marks_in(kind, body, knowledge)

    monkeypatch.setattr(kept_marks, "marks_in", counted)
    return kinds


def test_the_same_piece_is_looked_into_once_for_each_kind_and_knowledge(asked):
    kept = KeptMarks()
    for kind in (Kind.PAGE, Kind.PAGE, Kind.SCRIPT, Kind.PAGE, Kind.SCRIPT):
        assert kept(kind, PLAIN, shipped()) == marks_in(kind, PLAIN, shipped())
    assert asked == [Kind.PAGE, Kind.SCRIPT]
    assert kept(Kind.PAGE, PLAIN, replace(shipped())) == marks_in(Kind.PAGE, PLAIN, shipped())
    assert len(asked) == 3


def test_what_was_found_is_told_again(asked):
    kept, found = KeptMarks(), marks_in(Kind.SCRIPT, SCRIPT, shipped())
    assert "__uv$config" in found.texts
    assert [kept(Kind.SCRIPT, SCRIPT, shipped()) for _ in range(2)] == [found, found]
    assert asked == [Kind.SCRIPT]


def test_a_piece_that_differs_in_one_octet_is_another():
    kept = KeptMarks()
    assert kept(Kind.SCRIPT, SCRIPT.replace(b"uv$", b"vu$"), shipped()) == Marks()
    assert kept(Kind.SCRIPT, SCRIPT, shipped()) != Marks()


def test_short_pieces_are_looked_into_each_time(asked):
    kept = KeptMarks()
    assert [kept(Kind.PAGE, b"<html>short", shipped()) for _ in range(2)] == [Marks(), Marks()]
    assert len(asked) == 2


def test_no_more_is_kept_than_there_is_room_for(monkeypatch, asked):
    monkeypatch.setattr(kept_marks, "MAX_KEPT", 2)
    kept = KeptMarks()
    for number in (1, 2, 3, 3, 1):
        kept(Kind.PAGE, PLAIN + b"%d" % number, shipped())
    assert len(asked) == 4
