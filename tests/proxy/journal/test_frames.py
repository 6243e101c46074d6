import contextlib
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.journal.frames import (
    HEADER_BYTES,
    POINTER_BYTES,
    FrameBad,
    add,
    pack_end,
    pack_events,
    unpack_events,
    unpack_header,
    unpack_pointer,
    unpack_tickets,
)
from proxy.journal.pile import Pile

U64 = st.integers(0, (1 << 64) - 1)
BLOBS = st.binary(max_size=12)
ROWS = st.lists(
    st.tuples(U64, U64, U64, BLOBS, BLOBS, st.sampled_from([None, "", "7KQ29FXM"])), min_size=1, max_size=9
)
ORIGIN = ("gateway-1", "dns-1")


def packed(rows, **counts):
    header, parts = pack_events(Pile(rows), boot=7, origin=ORIGIN, **counts)
    return header, b"".join(parts)


@given(ROWS)
def test_a_frame_gives_back_its_rows(rows):
    header, octets = packed(rows, lost=3, evicted=4)

    assert unpack_header(octets) == header
    assert (header.boot, header.events, header.lost, header.evicted) == (7, len(rows), 3, 4)
    assert (header.first_us, header.last_us) == (min(r[1] for r in rows), max(r[1] for r in rows))
    assert header.tickets == sum(r[5] == "7KQ29FXM" for r in rows)
    columns = unpack_events(header, octets[HEADER_BYTES:])
    assert (columns.gateway, columns.worker) == ORIGIN
    assert [
        (sequence, time, duration, columns.templates[template], columns.tags[tag])
        for sequence, time, duration, tag, template in zip(
            columns.sequences, columns.times_us, columns.durations_us, columns.tag_of, columns.template_of,
            strict=True,
        )
    ] == [row[:5] for row in rows]  # fmt: skip


def test_what_events_share_is_stored_once():
    one = len(packed([(1, 1, 1, b"t" * 500, b"c", None)])[1])
    many = len(packed([(n, n, n, b"t" * 500, b"c", None) for n in range(100)])[1])

    assert many == one + 99 * 32


@given(ROWS, st.data())
def test_a_changed_or_missing_octet_is_noticed(rows, data):
    _, octets = packed(rows)
    at = data.draw(st.integers(0, len(octets) - 1))
    flipped = bytearray(octets)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))

    for damaged in (bytes(flipped), octets[:at]):
        with pytest.raises(FrameBad):
            unpack_events(unpack_header(damaged), damaged[HEADER_BYTES:])


@given(st.binary(max_size=120))
def test_foreign_octets_raise_only_the_documented_error(octets):
    header, _ = packed([(1, 1, 1, b"t", b"c", None)])
    claimed = replace(header, length=len(octets), checksum=crc32(octets))
    for attempt in (
        lambda: unpack_header(octets),
        lambda: unpack_events(claimed, octets),
        lambda: unpack_tickets(claimed, octets),
        lambda: unpack_pointer(octets),
    ):
        with contextlib.suppress(FrameBad):
            attempt()


def test_a_value_that_does_not_fit_is_brought_to_the_nearest_that_does():
    header, octets = packed([(1, -5, 1 << 70, b"t", b"c", None)])

    columns = unpack_events(header, octets[HEADER_BYTES:])
    assert (columns.times_us[0], columns.durations_us[0], header.first_us) == (0, (1 << 64) - 1, 0)


def test_an_end_frame_sums_up_and_is_found_from_the_files_end():
    first, _ = packed([(1, 50, 1, b"t", b"c", "7KQ29FXM")], lost=2)
    second, _ = packed([(2, 10, 1, b"t", b"c", None), (3, 90, 1, b"t", b"c", None)], evicted=9)
    total = add(add(None, first), second)

    end = pack_end(total, [("7KQ29FXM", 0)], offset=1000)

    assert unpack_pointer(end[-POINTER_BYTES:]) == 1000
    header = unpack_header(end)
    assert (header.is_end, header.first_us, header.last_us, header.events) == (True, 10, 90, 3)
    assert (header.lost, header.evicted) == (2, 9)
    assert unpack_tickets(header, end[HEADER_BYTES:-POINTER_BYTES]) == {"7KQ29FXM": 0}
