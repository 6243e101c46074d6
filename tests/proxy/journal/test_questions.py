"""Each question gives the same answer of counts, of rows and of the spool, and it is that of the events."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from proxy.decision.names import covers
from proxy.decision.verdict import Action
from proxy.journal import counts
from proxy.journal.archive import Archive
from proxy.journal.event import microseconds
from proxy.journal.recent import HOUR_US
from proxy.journal.shipping import ship
from recorded import NOON, happened, recorded

HOSTS = (
    "games.example", "play.games.example", "a.play.games.example", "games-x.example", "notgames.example",
    "example", "b\udcffd.games.example", "192.0.2.7", "",
)  # fmt: skip
DAY = timedelta(days=1)


def afternoon(seed):
    chance = random.Random(seed)
    return [
        happened(
            chance.randrange(6 * 3600),
            host=chance.choice(HOSTS[:-1]),
            referring_host=chance.choice(HOSTS),
            group=chance.choice(["middle", "high", ""]),
            action=chance.choice([Action.BLOCK, Action.BLOCK, Action.ALLOW]),
            list_id=chance.choice(["ut1", "starter", ""]),
            category=chance.choice(["games", "a\0b", ""]),
        )
        for _ in range(150)
    ]


def told(archive, since):
    """Every answer about every host."""
    until = since + timedelta(hours=3)
    return {
        **{("at", host): archive.blocked_lately(host, since) for host in HOSTS[:-1]},
        **{("by", host): archive.needed_hosts(host, since) for host in HOSTS[:-1]},
        "lists": {(one.list_id, one.category): one.blocks for one in archive.blocks_by_list(since, until)},
    }


def expected(events, since):
    begin = microseconds(since) // HOUR_US * HOUR_US
    end = microseconds(since + timedelta(hours=3)) // HOUR_US * HOUR_US
    late = [e for e in events if e.action is Action.BLOCK and microseconds(e.time) >= begin]
    in_time = [e for e in late if microseconds(e.time) < end]
    answers = {"lists": dict(Counter((e.list_id, e.category) for e in in_time))}
    for host in HOSTS[:-1]:
        answers["at", host] = dict(Counter(e.group for e in late if covers(host, e.host)))
        answers["by", host] = dict(
            Counter(e.host for e in late if covers(host, e.referring_host) and not covers(host, e.host))
        )
    return answers


@pytest.mark.parametrize("seed", range(3))
def test_every_way_to_count_gives_the_same(tmp_path, seed):
    events = afternoon(seed)
    since = NOON + timedelta(minutes=90)
    right = expected(events, since)
    for begin in range(0, 150, 30):
        recorded(tmp_path / "spool", *events[begin : begin + 30], worker=f"w-{begin % 60}")
    assert told(Archive(tmp_path), since) == right, "in the spool"

    ship(tmp_path, NOON + DAY)
    archive = Archive(tmp_path)
    with counts.reading(tmp_path / "archive") as known:
        assert len(known.files(0, 1 << 60, by_host=True)) == 5
    archive.ask = lambda files, sql, where: [] if not files else pytest.fail("rows were asked")
    assert told(archive, since) == right, "counted"

    counts.throw_away(tmp_path / "archive")
    assert told(Archive(tmp_path), since) == right, "in rows"


def test_days_are_counted_as_their_events_whatever_comes_late_or_is_damaged(tmp_path):
    chance, archive = random.Random(4711), Archive(tmp_path)
    midnight = NOON.replace(hour=0)
    hours = (0, 5, 24, 30, 48, 71, 72, 90, 96)
    spans = [(midnight + timedelta(hours=a), midnight + timedelta(hours=b)) for a in hours for b in hours]

    def some(number, *, days):
        return [
            happened(
                (chance.choice(days) * 24 - 12) * 3600 + chance.randrange(24 * 3600),
                action=chance.choice([Action.BLOCK, Action.BLOCK, Action.ALLOW]),
                list_id=chance.choice(["ut1", "starter"]),
            )
            for _ in range(number)
        ]

    def agrees():
        for since, until in spans:
            blocks = [e for e in events if e.action is Action.BLOCK and since <= e.time < until]
            found = {(one.list_id, one.category): one.blocks for one in archive.blocks_by_list(since, until)}
            assert found == dict(Counter((e.list_id, e.category) for e in blocks)), (since, until)

    events = some(80, days=[0, 1, 2, 3])
    for begin in range(0, 80, 20):
        recorded(tmp_path / "spool", *events[begin : begin + 20], worker=f"w-{begin}")
    ship(tmp_path, NOON + 5 * DAY)
    agrees()
    late = some(15, days=[0])
    recorded(tmp_path / "spool", *late, worker="w-late")
    events += late
    agrees()
    ship(tmp_path, NOON + 5 * DAY)
    agrees()
    (tmp_path / "archive" / counts.NAME).write_bytes(b"no database" * 400)
    agrees()
    for _ in range(2):
        ship(tmp_path, NOON + 5 * DAY)
    with counts.reading(tmp_path / "archive") as known:
        assert len(known.files(0, 1 << 60, by_host=False)) == 5
    agrees()


def test_what_is_counted_is_of_no_person(tmp_path):
    recorded(
        tmp_path / "spool",
        happened(0, action=Action.BLOCK, client="192.0.2.99", url="https://x.example/secret"),
    )
    ship(tmp_path, NOON + DAY)

    written = b"".join(path.read_bytes() for path in (tmp_path / "archive").glob(f"{counts.NAME}*"))
    assert b"org.example.www." in written
    for private in (b"192.0.2.99", b"secret", b"abcdefghij234567"):
        assert private not in written
