import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.decision.verdict import Action
from proxy.journal import Follower, Journal, Losses, Wanted
from proxy.journal.archived import archived
from proxy.journal.segments import segments
from proxy.journal.shipping import ship
from proxy.journal.whole import WholeJournal
from recorded import NOON, SEEN, happened, recorded, spool_in

EARLY = datetime(2020, 1, 1, tzinfo=UTC)  # by this clock nothing was finished long ago
LATE = datetime(2100, 1, 1, tzinfo=UTC)
ALL_SHIPPED_ALL_GONE, ALL_SHIPPED, NONE_SHIPPED = "in the archive", "in both", "in the spool"

AFTERNOON = (
    {"after_s": 0, "host": "www.example.org"},
    {"after_s": 1, "host": "example.org", "group": "staff", "client": "192.0.2.50"},
    {"after_s": 2, "host": "games.example", "action": Action.BLOCK, "ticket": "7KQ29FXM"},
    {"after_s": 3, "host": "notexample.org", "subject": "other", "signs": SEEN},
)


@pytest.fixture(params=[ALL_SHIPPED_ALL_GONE, ALL_SHIPPED, NONE_SHIPPED])
def place(request):
    return request.param


def put(state, place):
    """Have the events lie where they are to lie. The worker's newest segment never goes from the spool."""
    if place == ALL_SHIPPED_ALL_GONE:
        for worker in {path.name for path in (state / "spool").iterdir()}:
            recorded(state / "spool", happened(-9e8), worker=worker)
    if place != NONE_SHIPPED:
        ship(state, EARLY if place == ALL_SHIPPED else LATE)


@pytest.fixture
def afternoon(tmp_path, place):
    kept = recorded(tmp_path / "spool", *[happened(**one) for one in AFTERNOON])
    put(tmp_path, place)
    return kept


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param({}, [0, 1, 2, 3], id="everything"),
        pytest.param({"since": NOON + timedelta(seconds=1)}, [1, 2, 3], id="from a moment on"),
        pytest.param({"until": NOON + timedelta(seconds=1)}, [0], id="before a moment"),
        pytest.param({"host": "example.org"}, [0, 1], id="a host and what lies below it"),
        pytest.param({"group": "staff"}, [1], id="a group"),
        pytest.param({"client": "192.0.2.50"}, [1], id="a client"),
        pytest.param({"subject": "other"}, [3], id="a subject"),
        pytest.param({"action": Action.BLOCK}, [2], id="an action"),
        pytest.param({"ticket": "7KQ29FXM"}, [2], id="a ticket"),
        pytest.param({"signed": True}, [3], id="whatever has signs"),
        pytest.param({"technique": "webproxy"}, [3], id="a family of ways around"),
        pytest.param({"technique": "webproxy.bare"}, [3], id="a way around"),
        pytest.param({"technique": "webproxy.b"}, [], id="no way's name"),
        pytest.param({"technique": "tls.no_sni"}, [3], id="a sign that is not the gravest"),
        pytest.param({"host": "example.org", "group": "middle"}, [0], id="two wishes at once"),
    ],
)
@pytest.mark.parametrize("newest_first", [False, True])
def test_events_are_found_wherever_they_lie(tmp_path, afternoon, wanted, numbers, newest_first):
    asked = Wanted(**{"since": NOON, **wanted})

    found = list(WholeJournal(tmp_path).events(asked, newest_first=newest_first))

    assert found == [afternoon[n] for n in (reversed(numbers) if newest_first else numbers)]


def test_a_code_and_an_id_lead_to_their_event(tmp_path, afternoon):
    journal = WholeJournal(tmp_path)

    assert journal.by_ticket("7KQ29FXM") == afternoon[2]
    assert journal.by_ticket("00000000") is None
    assert [journal.by_id(event.id) for event in afternoon] == afternoon


def test_a_limit_ends_early(tmp_path, afternoon):
    journal = WholeJournal(tmp_path)

    assert list(journal.events(Wanted(since=NOON), limit=2)) == afternoon[:2]
    assert list(journal.events(limit=1, newest_first=True)) == afternoon[3:]


def test_a_state_without_anything_is_empty(tmp_path):
    journal = WholeJournal(tmp_path / "none")

    assert (list(journal.events()), journal.by_ticket("7KQ29FXM"), journal.losses()) == ([], None, Losses())
    assert not (tmp_path / "none").exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 5000), min_size=1, max_size=8)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from(["early", "late", "no"]), min_size=8, max_size=8),
    st.booleans(),
)
def test_it_reads_as_a_journal_of_all_that_was_ever_spooled(tmp_path_factory, pieces, shipping, newest_first):
    """However much of the spool is in the archive, and gone from it, the events are the same."""
    state = tmp_path_factory.mktemp("state")
    kept = []
    for (worker, seconds), how in zip(pieces, shipping, strict=False):
        kept += recorded(state / "spool", *[happened(s) for s in seconds], worker=worker)
        if how != "no":
            ship(state, EARLY if how == "early" else LATE)
    found = list(WholeJournal(state).events(newest_first=newest_first))

    assert sorted(found, key=lambda e: e.id) == sorted(kept, key=lambda e: e.id)
    assert [e.time for e in found] == sorted((e.time for e in kept), reverse=newest_first)


def test_many_workers_and_live_segments_come_in_one_order(tmp_path):
    order = list(range(300))
    random.Random(7).shuffle(order)
    live = []
    for worker, part in (("a", order[::3]), ("b", order[1::3]), ("c", order[2::3])):
        spool = spool_in(tmp_path / "spool", worker, segment_bytes=2_000)
        live.append(spool)
        for start in range(0, len(part), 7):
            for n in part[start : start + 7]:
                spool.append(happened(n))
            spool.flush()
    done = ship(tmp_path, LATE)
    expected = [happened(n).time for n in range(300)]

    assert done.freed > 6
    assert [event.time for event in WholeJournal(tmp_path).events()] == expected
    assert [event.time for event in WholeJournal(tmp_path).events(newest_first=True)] == expected[::-1]
    for spool in live:
        spool.close()


def test_a_damaged_file_is_refused_and_counted_and_the_rest_is_read(tmp_path):
    first = recorded(tmp_path / "spool", *[happened(n) for n in range(10)])
    second = recorded(tmp_path / "spool", *[happened(100 + n, ticket=f"7KQ29FX{n}") for n in range(10)])
    recorded(tmp_path / "spool", happened(200))
    ship(tmp_path, LATE)
    journal = WholeJournal(tmp_path)
    assert len(list(journal.events())) == 21
    damaged = archived(tmp_path / "archive")[0].path
    octets = bytearray(damaged.read_bytes())
    octets[len(octets) // 3] ^= 1
    damaged.write_bytes(octets)

    assert [e.id for e in journal.events()][:-1] == [e.id for e in second]
    assert journal.losses().refused == 1
    assert journal.by_ticket("7KQ29FX3") == second[3]
    assert journal.by_id(first[0].id) is None


@pytest.mark.parametrize(
    "octets", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1"], ids=["empty", "begun", "hollow"]
)
def test_a_file_that_is_no_parquet_is_refused(tmp_path, octets):
    recorded(tmp_path / "spool", happened(0))
    kept = recorded(tmp_path / "spool", happened(1, ticket="7KQ29FXM"))
    recorded(tmp_path / "spool", happened(2))
    ship(tmp_path, LATE)
    archived(tmp_path / "archive")[0].path.write_bytes(octets)
    journal = WholeJournal(tmp_path)

    assert journal.by_ticket("7KQ29FXM") == kept[0]
    assert len(list(journal.events())) == 2
    assert journal.losses().refused == 1


def test_a_file_that_goes_while_it_is_read_is_no_damage(tmp_path):
    recorded(tmp_path / "spool", *[happened(n) for n in range(10)])
    recorded(tmp_path / "spool", *[happened(100 + n) for n in range(10)])
    recorded(tmp_path / "spool", happened(200))
    ship(tmp_path, LATE)
    journal = WholeJournal(tmp_path)
    reading = journal.events()
    next(reading)
    archived(tmp_path / "archive")[1].path.unlink()

    assert len(list(reading)) == 10
    assert journal.losses().refused == 0


def test_losses_are_told_once_wherever_they_lie(tmp_path, place):
    spool = spool_in(tmp_path / "spool", memory_bytes=20_000)
    for n in range(100):
        spool.append(happened(n))
    spool.close()
    told = Journal(tmp_path / "spool").losses()
    assert told.dropped > 0
    put(tmp_path, place)

    assert WholeJournal(tmp_path).losses() == told
    assert WholeJournal(tmp_path).losses(NOON + timedelta(days=1)).dropped == 0


def test_a_follower_and_the_archive_together_have_everything_once(tmp_path, place):
    kept = recorded(tmp_path / "spool", *[happened(n) for n in range(10)])
    kept += recorded(tmp_path / "spool", *[happened(100 + n) for n in range(10)])
    put(tmp_path, place)
    wanted = Wanted(since=NOON)
    journal, follower = WholeJournal(tmp_path), Follower(tmp_path / "spool", wanted, from_now=False)

    with journal.steady():
        found = [*journal.gone_from_spool(wanted), *follower.poll()]

    assert found == kept


def test_reading_changes_nothing_but_its_lock(tmp_path):
    recorded(tmp_path / "spool", happened(0))
    ship(tmp_path, EARLY)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix}

    list(WholeJournal(tmp_path).events())

    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix} == before
    assert len(segments(tmp_path / "spool" / "http-1")) == 1
