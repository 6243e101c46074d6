from itertools import count

import pytest

from proxy.journal.codec import ClientTag
from proxy.journal.pile import NO_ROW, Pile

TAG, OTHER = ClientTag(b"192.0.2.1\0"), ClientTag(b"192.0.2.2\0")
ROWS = [(4, 10, 2, b"t", TAG, None), (5, 11, 3, b"u", OTHER, "7KQ29FXM"), (6, 12, 0, b"t", TAG, "")]


def test_rows_come_back_as_they_were_put_and_their_templates_are_held_once():
    pile = Pile(ROWS)

    assert pile.rows() == ROWS
    assert pile.templates == [b"t", b"u"]
    assert (pile.shown(), pile.own_bytes) == (["7KQ29FXM"], 2)


def test_a_batch_gets_its_sequence_numbers_when_the_pile_takes_no_more_of_them():
    pile = Pile()
    pile.put(9, pile.number([b"a", b"b"]), [TAG, OTHER])
    pile.put(10, [0], [TAG])
    pile.finish(count(7))
    pile.add(ROWS[0])

    assert pile.rows() == [
        (7, 9, 0, b"a", TAG, None),
        (8, 9, 0, b"b", OTHER, None),
        (9, 10, 0, b"a", TAG, None),
        ROWS[0],
    ]


def test_whoever_numbers_templates_late_changes_nothing_on_a_finished_pile():
    pile = Pile()
    _, templates = pile.begun
    templates.append(b"a")
    pile.finish(count())
    templates.append(b"b")

    assert pile.begun[1] == [b"a", b"b"]
    assert pile.templates == [b"a"]


def test_no_two_piles_are_taken_for_each_other():
    turns = {Pile().begun[0] for _ in range(5)}

    assert len(turns) == 5
    assert 0 not in turns


@pytest.mark.parametrize(
    "row",
    [None, (1, 2), (1, 2, 3, [b"t"], TAG, None)],
    ids=["none", "too short", "a template that is a list"],
)
def test_what_is_no_row_is_refused_and_leaves_the_pile_as_it_was(row):
    pile = Pile(ROWS)
    with pytest.raises(NO_ROW):
        pile.add(row)

    assert pile.rows() == ROWS
