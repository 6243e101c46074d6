from dataclasses import replace

import pytest

from proxy.decision.verdict import Action
from proxy.journal.event import microseconds
from proxy.journal.recent import HOUR_US, Blocked, Recent
from proxy.journal.segments import segments
from recorded import NOON, happened, recorded, spool_in

NOON_US = microseconds(NOON)
GAMES = Blocked(NOON_US, "games.example", "middle", "", "starter", "games")


def blocked(after_s=0, **changes):
    return happened(
        after_s,
        **{
            "host": "games.example",
            "action": Action.BLOCK,
            "list_id": "starter",
            "category": "games",
            **changes,
        },
    )


@pytest.fixture
def paths(tmp_path):
    return lambda: segments(tmp_path / "http-1")


def test_blocks_are_counted_and_nothing_else(tmp_path, paths):
    recorded(
        tmp_path, blocked(0), happened(1), blocked(2, url="https://games.example/2"), blocked(3, group="high")
    )

    assert dict(Recent().blocks(paths())) == {GAMES: 2, GAMES._replace(group="high"): 1}


def test_by_list_alone_the_same_blocks_are_counted(tmp_path, paths):
    recorded(tmp_path, blocked(0), blocked(1, group="high"), blocked(2, host="x.example", list_id="ut1"))
    name = Blocked(NOON_US, "", "", "", "starter", "games")

    assert dict(Recent().by_list(paths())) == {name: 2, name._replace(list_id="ut1"): 1}


def test_a_frame_over_the_full_hour_counts_in_both_hours(tmp_path, paths):
    recorded(tmp_path, blocked(3599), blocked(3600), blocked(3601))

    assert dict(Recent().blocks(paths())) == {GAMES: 1, GAMES._replace(hour_us=NOON_US + HOUR_US): 2}


def test_a_growing_segment_is_counted_on(tmp_path, paths):
    spool, recent = spool_in(tmp_path), Recent()
    for n in range(4):
        spool.append(blocked(n))
        spool.flush()
        assert dict(recent.blocks(paths())) == {GAMES: n + 1}
    spool.close()
    assert dict(recent.blocks(paths())) == {GAMES: 4}


def test_what_is_not_asked_about_any_more_is_forgotten(tmp_path, paths):
    recorded(tmp_path, blocked(0))
    recent = Recent()

    assert dict(recent.blocks(paths())) == {GAMES: 1}
    assert recent.blocks([]) == []
    assert recent.blocks([tmp_path / "http-1" / "00000099.sgj"]) == []


def test_another_file_of_the_same_name_is_read_from_its_beginning(tmp_path, paths):
    recorded(tmp_path, blocked(0), blocked(1))
    recent = Recent()
    recent.blocks(paths())
    (path,) = paths()
    path.rename(path.with_suffix(".old"))
    recorded(tmp_path, blocked(2))

    assert dict(recent.blocks(paths())) == {GAMES: 1}


def test_a_damaged_frame_and_an_event_of_another_version_are_left_out(tmp_path, paths):
    spool = spool_in(tmp_path)
    spool.append(replace(blocked(0)))
    spool.flush()
    template = spool.template(blocked(1))
    spool.append_as(type(template)(template.replace(b"[1,", b"[2,", 1)), NOON_US, b"192.0.2.7\0")
    spool.append(blocked(2))
    spool.flush()
    spool.close()
    (path,) = paths()
    octets = bytearray(path.read_bytes())
    octets[80] ^= 1
    path.write_bytes(octets)

    assert dict(Recent().blocks(paths())) == {GAMES: 1}


def test_only_what_is_asked_about_is_told(tmp_path, paths):
    recorded(tmp_path, blocked(0), blocked(1, referring_host="a.example"), blocked(2, host="other.example"))
    recent = Recent()

    asked = recent.blocks(
        paths(), lambda host, referring: (host, referring) == ("games.example", "a.example")
    )

    assert dict(asked) == {GAMES._replace(referring_host="a.example"): 1}
    assert len(recent.blocks(paths())) == 3
