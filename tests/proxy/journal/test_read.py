import os
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.decision.verdict import Action
from proxy.journal import Journal, Wanted
from proxy.journal.segments import segments, worker_dirs
from recorded import NOON, happened, recorded, spool_in

AFTERNOON = (
    {"after_s": 0, "host": "www.example.org"},
    {"after_s": 1, "host": "example.org", "group": "staff", "client": "192.0.2.50"},
    {"after_s": 2, "host": "games.example", "action": Action.BLOCK, "ticket": "7KQ29FXM"},
    {"after_s": 3, "host": "notexample.org", "subject": "other"},
)


@pytest.fixture
def afternoon(tmp_path):
    return recorded(tmp_path, *[happened(**one) for one in AFTERNOON])


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param(Wanted(), [0, 1, 2, 3], id="everything"),
        pytest.param(
            Wanted(since=NOON + timedelta(seconds=1)), [1, 2, 3], id="from a moment on, that included"
        ),
        pytest.param(Wanted(until=NOON + timedelta(seconds=1)), [0], id="before a moment, that excluded"),
        pytest.param(Wanted(host="example.org"), [0, 1], id="a host and what lies below it"),
        pytest.param(Wanted(group="staff"), [1], id="a group"),
        pytest.param(Wanted(client="192.0.2.50"), [1], id="a client"),
        pytest.param(Wanted(subject="other"), [3], id="a subject"),
        pytest.param(Wanted(action=Action.BLOCK), [2], id="an action"),
        pytest.param(Wanted(ticket="7KQ29FXM"), [2], id="a ticket"),
        pytest.param(Wanted(host="example.org", group="middle"), [0], id="two wishes at once"),
    ],
)
@pytest.mark.parametrize("newest_first", [False, True])
def test_events_are_found_by(tmp_path, afternoon, wanted, numbers, newest_first):
    found = list(Journal(tmp_path).events(wanted, newest_first=newest_first))

    assert found == [afternoon[n] for n in (reversed(numbers) if newest_first else numbers)]


def test_a_limit_ends_early(tmp_path, afternoon):
    journal = Journal(tmp_path)

    assert list(journal.events(limit=2)) == afternoon[:2]
    assert list(journal.events(limit=1, newest_first=True)) == afternoon[3:]


def test_a_spool_that_does_not_exist_yet_is_empty(tmp_path):
    journal = Journal(tmp_path / "none")

    assert (list(journal.events()), journal.by_ticket("7KQ29FXM"), journal.losses().dropped) == ([], None, 0)


def test_events_of_all_workers_and_segments_come_in_order_of_time(tmp_path):
    order = list(range(300))
    random.Random(7).shuffle(order)
    for worker, part in (("a", order[::3]), ("b", order[1::3]), ("c", order[2::3])):
        spool = spool_in(tmp_path, worker, segment_bytes=2_000)
        for start in range(0, len(part), 7):
            for n in part[start : start + 7]:
                spool.append(happened(n))
            spool.flush()
        spool.close()
    expected = [happened(n).time for n in range(300)]

    assert len(segments(tmp_path / "a")) > 2
    assert [event.time for event in Journal(tmp_path).events()] == expected
    assert [event.time for event in Journal(tmp_path).events(newest_first=True)] == expected[::-1]


def test_a_live_segment_is_read_while_it_grows(tmp_path):
    spool = spool_in(tmp_path)
    for n in range(3):
        spool.append(happened(n, ticket=f"7KQ29FX{n}"))
        spool.flush()
        assert len(list(Journal(tmp_path).events())) == n + 1
        assert Journal(tmp_path).by_ticket(f"7KQ29FX{n}").time == happened(n).time
    spool.close()


def test_a_code_leads_to_its_event_in_finished_and_torn_segments_alike(tmp_path):
    kept = recorded(tmp_path, *[happened(n, ticket=f"7KQ29F{n:02d}") for n in range(50)], segment_bytes=3_000)
    (path, *_) = segments(tmp_path / "http-1")
    os.truncate(path, path.stat().st_size - 5)
    journal = Journal(tmp_path)

    assert [journal.by_ticket(event.ticket) for event in kept] == kept
    assert journal.by_ticket("00000000") is None


def test_an_id_leads_to_its_event(tmp_path, afternoon):
    journal = Journal(tmp_path)

    assert [journal.by_id(event.id.upper()) for event in afternoon] == afternoon
    assert journal.by_id("0" * 26) is None
    with pytest.raises(ValueError, match="an event id has"):
        journal.by_id("7KQ2-9FXM")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    spool = tmp_path_factory.mktemp("pristine")
    writer = spool_in(spool, segment_bytes=6_000)
    kept = []
    for n in range(60):
        event = happened(n, url=f"https://example.org/{n}", ticket="7KQ29FXM" if n % 9 == 0 else "")
        kept.append(replace(event, id=writer.append(event), gateway="test-gateway", worker="http-1"))
        if n % 4 == 3:
            writer.flush()
    writer.close()
    return kept, {path.name: path.read_bytes() for path in segments(spool / "http-1")}


DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.sampled_from(["flip", "cut", "insert", "zero"]),
        st.binary(min_size=1, max_size=9),
    ),
    min_size=1,
    max_size=4,
)


@given(DAMAGE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_damage_of_any_kind_costs_events_and_never_invents_or_raises(tmp_path, pristine, damage):
    kept, files = pristine
    spool = tmp_path / "spool"
    (spool / "http-1").mkdir(parents=True, exist_ok=True)
    for name, octets in files.items():
        (spool / "http-1" / name).write_bytes(octets)
    for place, kind, noise in damage:
        path = spool / "http-1" / sorted(files)[place % len(files)]
        octets = bytearray(path.read_bytes())
        at = place % max(1, len(octets))
        if kind == "flip" and octets:
            octets[at] ^= noise[0] or 1
        elif kind == "cut":
            del octets[at:]
        elif kind == "insert":
            octets[at:at] = noise
        else:
            octets[at : at + 40] = bytes(40)
        path.write_bytes(octets)

    journal = Journal(spool)
    found = list(journal.events())

    assert set(found) <= set(kept)
    assert found == sorted(found, key=lambda event: (event.time, event.id))
    assert list(journal.events(newest_first=True)) == found[::-1]
    journal.by_ticket("7KQ29FXM")
    journal.losses()


def test_a_flipped_bit_costs_the_events_of_its_frame_only(tmp_path):
    spool = spool_in(tmp_path)
    for n in range(10):
        spool.append(happened(n))
        spool.flush()
    spool.close()
    (path,) = segments(worker_dirs(tmp_path)[0])
    octets = bytearray(path.read_bytes())
    octets[octets.find(b"www.example.org", len(octets) // 2)] ^= 1
    path.write_bytes(octets)
    journal = Journal(tmp_path)

    assert len(list(journal.events())) == 9
    assert journal.losses().damaged == 1
