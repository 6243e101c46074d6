from proxy.journal.codec import ClientTag, Template
from proxy.journal.waiting import FRAME_EVENTS, FRAME_OWN_BYTES, ROW_BYTES, Waiting

TAG = ClientTag(b"192.0.2.1\0")


def put(waiting, *templates, time_us=1):
    """Put in a batch of events with these templates."""
    pile = waiting.pile
    return waiting.put(time_us, pile.templates, pile.number(templates), [TAG] * len(templates))


def row(waiting, ticket=None, template=b"t"):
    return (waiting.next_number(), 1, 0, template, TAG, ticket)


def test_rows_and_batches_come_out_as_they_went_in():
    waiting = Waiting(1 << 20)
    first = row(waiting)
    waiting.rows.append(first)
    assert put(waiting, b"a", b"b", time_us=5)
    assert put(waiting, b"c", time_us=6)
    assert (len(waiting), waiting.at_present()) == (4, (1, 1))

    pile, rows = waiting.take(1)

    assert rows == 1
    assert pile.rows() == [
        (1, 5, 0, b"a", TAG, None),
        (2, 5, 0, b"b", TAG, None),
        (3, 6, 0, b"c", TAG, None),
        first,
    ]
    assert (len(waiting), waiting.at_present()) == (0, (0, 0))


def test_a_template_that_was_numbered_is_named_again_without_being_held_twice():
    waiting = Waiting(1 << 20)
    assert put(waiting, b"a", b"b")
    assert waiting.put(2, waiting.pile.templates, [1, 0, 1], [TAG] * 3)

    pile, _ = waiting.take(0)

    assert pile.templates == [b"a", b"b"]
    assert [row[3] for row in pile.rows()] == [b"a", b"b", b"b", b"a", b"b"]


def test_a_batch_that_the_writer_overtook_names_its_own_templates():
    waiting = Waiting(1 << 20)
    turn, templates = waiting.pile.begun
    templates += [b"a", b"b"]
    assert waiting.put(1, templates, [0], [TAG])
    taken, _ = waiting.take(0)
    assert put(waiting, b"of the next frame")
    templates.append(b"c")

    assert waiting.put(2, templates, [2, 1], [TAG, TAG])

    assert (taken.templates, [row[3] for row in taken.rows()]) == ([b"a", b"b"], [b"a"])
    pile, _ = waiting.take(0)
    assert pile.begun[0] != turn
    assert [row[3] for row in pile.rows()] == [b"of the next frame", b"c", b"b"]
    assert [row[0] for row in taken.rows() + pile.rows()] == [0, 1, 2, 3]


def test_a_frame_holds_so_many_events_and_no_more_rows():
    waiting = Waiting(1 << 30)
    assert put(waiting, *[b"t"] * FRAME_EVENTS)
    assert put(waiting, b"u")
    waiting.rows.extend(row(waiting) for _ in range(FRAME_EVENTS + 1))
    assert waiting.at_present() == (FRAME_EVENTS + 1, 2)

    piles = [waiting.take(len(waiting.rows)) for _ in range(3)]

    assert [(len(pile), rows) for pile, rows in piles] == [
        (FRAME_EVENTS, 0),
        (FRAME_EVENTS, FRAME_EVENTS - 1),
        (2, 2),
    ]


def test_what_is_no_row_costs_itself_and_no_other():
    waiting = Waiting(1 << 20)
    waiting.rows.extend([row(waiting), row(waiting, template=[b"no octets"]), row(waiting, template=b"u")])

    pile, rows = waiting.take(3)

    assert (rows, pile.unusable) == (3, 1)
    assert [kept[3] for kept in pile.rows()] == [b"t", b"u"]


def test_large_templates_of_their_own_make_smaller_frames():
    waiting = Waiting(1 << 30)
    template = Template(b"t" * (FRAME_OWN_BYTES // 2))
    for _ in range(5):
        assert waiting.has_room_for(template)
        waiting.rows.append(row(waiting, "", template))
    pile, rows = waiting.take(5)
    assert rows == 3
    assert pile.own_bytes == 3 * len(template)


def test_the_bound_counts_rows_and_batches_together():
    waiting = Waiting(2 * 10 * ROW_BYTES)
    assert put(waiting, *[b"t"] * 6)
    waiting.rows.extend(row(waiting) for _ in range(3))
    assert [put(waiting, b"t", b"t"), put(waiting, b"t"), put(waiting, b"t")] == [False, True, False]
    assert not waiting.has_room_for(Template(b"t"))
    waiting.take(0)
    assert waiting.has_room_for(Template(b"t"))


def test_templates_of_events_that_find_no_room_are_not_kept_for_ever():
    waiting = Waiting(2 * ROW_BYTES)
    assert put(waiting, b"t")
    for _ in range(5):
        assert not put(waiting, *[b"u"] * (FRAME_EVENTS // 2))

    assert len(waiting.pile.templates) < FRAME_EVENTS
    assert [(len(pile), rows) for pile, rows in (waiting.take(0), waiting.take(0))] == [(1, 0), (0, 0)]


def test_the_room_of_own_templates_is_given_back_when_they_are_written():
    waiting = Waiting(20_000)
    large = Template(b"t" * 10_001)
    assert [waiting.has_room_for(large), waiting.has_room_for(large)] == [True, False]
    waiting.written(len(large))
    assert waiting.has_room_for(large)


def test_after_closing_nothing_is_taken():
    waiting = Waiting(1 << 20)
    waiting.close()
    assert not put(waiting, b"t")
    assert not waiting.has_room_for(Template(b"t"))
