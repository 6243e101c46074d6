from proxy.journal.codec import ClientTag, Template
from proxy.journal.frames import Pile
from proxy.journal.waiting import FRAME_EVENTS, FRAME_OWN_BYTES, MAX_BATCH, ROW_BYTES, Waiting

TAG = ClientTag(b"192.0.2.1\0")


def batch(events, time_us=1, durations=None):
    return (time_us, [Template(b"t")] * events, [TAG] * events, durations)


def row(waiting, ticket=None, template=b"t"):
    return (waiting.next_number(), 1, 0, template, TAG, ticket)


def test_rows_and_batches_come_out_as_they_went_in():
    waiting = Waiting(1 << 20)
    first = row(waiting)
    waiting.rows.append(first)
    assert waiting.put((5, [Template(b"a"), Template(b"b")], [TAG, TAG], [7, 8]))
    assert waiting.put((6, [Template(b"c")], [TAG], None))
    assert (len(waiting), waiting.at_present()) == (4, (1, 2))

    pile = Pile()
    assert (waiting.take_rows(pile, 1), waiting.take_batches(pile, 2)) == (1, 2)

    assert pile.rows() == [
        first,
        (1, 5, 7, b"a", TAG, None),
        (2, 5, 8, b"b", TAG, None),
        (3, 6, 0, b"c", TAG, None),
    ]
    assert len(waiting) == 0


def test_what_is_taken_is_no_more_than_was_asked_for_and_than_a_frame_holds():
    waiting = Waiting(1 << 30)
    for _ in range(FRAME_EVENTS // MAX_BATCH + 2):
        assert waiting.put(batch(MAX_BATCH))
    pile = Pile()
    assert waiting.take_batches(pile, 1) == 1
    assert waiting.take_batches(pile, 100) == FRAME_EVENTS // MAX_BATCH - 1
    assert len(pile) == FRAME_EVENTS
    for _ in range(FRAME_EVENTS + 1):
        waiting.rows.append(row(waiting))
    assert waiting.take_rows(Pile(), FRAME_EVENTS + 1) == FRAME_EVENTS


def test_large_templates_of_their_own_make_smaller_frames():
    waiting = Waiting(1 << 30)
    template = Template(b"t" * (FRAME_OWN_BYTES // 2))
    for _ in range(5):
        assert waiting.has_room_for(template)
        waiting.rows.append(row(waiting, "", template))
    pile = Pile()
    assert waiting.take_rows(pile, 5) == 3
    assert pile.own_bytes == 3 * len(template)


def test_the_bound_counts_rows_and_batches_together():
    waiting = Waiting(2 * 10 * ROW_BYTES)
    assert waiting.put(batch(6))
    waiting.rows.extend(row(waiting) for _ in range(3))
    assert [waiting.put(batch(2)), waiting.put(batch(1)), waiting.put(batch(1))] == [False, True, False]
    assert not waiting.has_room_for(Template(b"t"))
    waiting.take_batches(Pile(), 1)
    assert waiting.has_room_for(Template(b"t"))


def test_the_room_of_own_templates_is_given_back_when_they_are_written():
    waiting = Waiting(20_000)
    large = Template(b"t" * 10_001)
    assert [waiting.has_room_for(large), waiting.has_room_for(large)] == [True, False]
    waiting.written(len(large))
    assert waiting.has_room_for(large)


def test_after_closing_nothing_is_taken():
    waiting = Waiting(1 << 20)
    waiting.close()
    assert not waiting.put(batch(1))
    assert not waiting.has_room_for(Template(b"t"))
