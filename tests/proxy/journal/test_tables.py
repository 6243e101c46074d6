import os

import pytest

from proxy.journal.duck import opened
from proxy.journal.rows import event_of
from proxy.journal.segments import segments
from proxy.journal.tables import Unshippable, load, ordered_rows
from recorded import happened, recorded, spool_in


def loaded(tmp_path, events):
    (path,) = segments(tmp_path / "spool" / "http-1")
    database = opened(tmp_path)
    fd = os.open(path, os.O_RDONLY)
    try:
        load(database, fd, events)
        return [event_of(row) for row in database.execute(ordered_rows()).fetchall()]
    finally:
        os.close(fd)
        database.close()


def test_the_rows_are_the_events_in_order_of_time(tmp_path):
    kept = recorded(
        tmp_path / "spool",
        *[happened(n * 7919 % 100, client=f"192.0.2.{n % 5}", host=f"h{n % 7}.example") for n in range(100)],
    )

    assert loaded(tmp_path, 100) == sorted(kept, key=lambda event: event.time)


def test_what_no_utf_8_can_hold_comes_back(tmp_path):
    kept = recorded(
        tmp_path / "spool", happened(0, url="https://example.org/\udcff", client="fe80::1%\udc80")
    )

    assert loaded(tmp_path, 1) == kept


def test_a_damaged_frame_is_said(tmp_path):
    recorded(tmp_path / "spool", happened(0))
    (path,) = segments(tmp_path / "spool" / "http-1")
    octets = bytearray(path.read_bytes())
    octets[80] ^= 1
    path.write_bytes(octets)

    with pytest.raises(Unshippable, match="a part of it is damaged"):
        loaded(tmp_path, 1)


def test_a_damaged_header_is_noticed_by_the_number_of_events(tmp_path):
    spool = spool_in(tmp_path / "spool")
    for n in range(2):
        spool.append(happened(n))
        spool.flush()
    spool.close()
    (path,) = segments(tmp_path / "spool" / "http-1")
    octets = bytearray(path.read_bytes())
    octets[8] ^= 1
    path.write_bytes(octets)

    with pytest.raises(Unshippable, match="2 events are promised at its end, 1 can be read"):
        loaded(tmp_path, 2)


def test_an_event_of_another_version_is_not_lost_by_shipping_it(tmp_path):
    spool = spool_in(tmp_path / "spool")
    template = spool.template(happened(0))
    spool.append_as(type(template)(template.replace(b"[1,", b"[2,", 1)), 1, b"192.0.2.7\0")
    spool.close()

    with pytest.raises(Unshippable, match="an event of version 2; this program reads version 1"):
        loaded(tmp_path, 1)
