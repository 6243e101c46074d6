"""`bench events`: what does it cost to record what was judged, and to read it back?

The peers keep the same events, each with what it offers itself: lines of JSON through `logging` into
a file, and rows of SQLite in one table with an index of time. CPU counts all threads, so a writer in
the background is not free.
"""

import json
import logging
import os
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proxy.bench import readings
from proxy.bench.data import Data
from proxy.bench.results import OURS
from proxy.bench.stage import Stage
from proxy.decision.request import Stage as Where
from proxy.decision.verdict import Action, Handling, Reason
from proxy.journal.codec import client_tag
from proxy.journal.event import Event, as_json, microseconds
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.journal.wanted import Wanted

EVENTS = 100_000
BATCH = 1_000
KINDS = 2_000
MORNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
JSON_LINES, SQLITE = "json-lines", "sqlite"


class Keeper(ABC):
    """Something that keeps events in a directory."""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def keep(self, events: Sequence[Event]) -> None:
        """Record all of them, one by one; returns when they are with the disk."""

    @abstractmethod
    def blocked_since(self, since: datetime) -> int:
        """Read back those that were blocked since a moment; say how many there are."""


class OurSpool(Keeper):
    """As adapters do it: the whole event where each is another."""

    name = OURS

    def keep(self, events: Sequence[Event]) -> None:
        """Append, and wait for the writer."""
        spool = Spool(self.folder, worker="bench", gateway="bench")
        for place, event in enumerate(events):
            spool.append(event)
            if place % 10_000 == 9_999:
                spool.flush(30)  # a worker never has so much to say at once
        spool.close()

    def blocked_since(self, since: datetime) -> int:
        """By the one reader of events."""
        wanted = Wanted(since=since, action=Action.BLOCK)
        return sum(1 for _ in Journal(self.folder).events(wanted))


class OurTemplates(OurSpool):
    """As the hot path does it: what events share is packed before."""

    name = "templates"

    def keep(self, events: Sequence[Event]) -> None:
        """Append by template."""
        spool = Spool(self.folder, worker="bench", gateway="bench")
        tag = client_tag(events[0].client, events[0].subject)
        templates = {event.host: spool.template(event) for event in events[:KINDS]}
        for place, event in enumerate(events):
            spool.append_as(templates[event.host], microseconds(event.time), tag)
            if place % 10_000 == 9_999:
                spool.flush(30)
        spool.close()


class JsonLines(Keeper):
    """`logging.FileHandler`, which flushes each line."""

    name = JSON_LINES

    def keep(self, events: Sequence[Event]) -> None:
        """A line an event."""
        log = logging.Logger("bench events")
        handler = logging.FileHandler(self.folder / "events.jsonl")
        log.addHandler(handler)
        for event in events:
            log.info(json.dumps(as_json(event)))
        handler.close()

    def blocked_since(self, since: datetime) -> int:
        """Every line is read."""
        begin, found = since.isoformat(), 0
        with (self.folder / "events.jsonl").open() as lines:
            for line in lines:
                event = json.loads(line)
                found += event["action"] == "block" and event["time"] >= begin
        return found


class Sqlite(Keeper):
    """A write-ahead log, a transaction for every thousand rows."""

    name = SQLITE

    def keep(self, events: Sequence[Event]) -> None:
        """A row an event."""
        with self._opened() as database:
            database.execute("pragma journal_mode = wal")
            columns = ", ".join(f'"{name}"' for name in as_json(events[0]))
            database.execute(f"create table events (time_us integer, {columns})")
            database.execute("create index by_time on events (time_us)")
            marks = ", ".join("?" * (1 + len(as_json(events[0]))))
            for place, event in enumerate(events):
                row = (microseconds(event.time), *as_json(event).values())
                database.execute(f"insert into events values ({marks})", row)  # noqa: S608  (marks only)
                if place % BATCH == BATCH - 1:
                    database.commit()

    def blocked_since(self, since: datetime) -> int:
        """By the index of time."""
        with self._opened() as database:
            query = "select * from events where time_us >= ? and action = 'block' order by time_us"
            return sum(1 for _ in database.execute(query, (microseconds(since),)))

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "events.sqlite")


PEERS: dict[str, type[Keeper]] = {JSON_LINES: JsonLines, SQLITE: Sqlite}
PEER_NAMES = tuple(PEERS)


def measure(stage: Stage) -> None:
    """Measure events."""
    kinds: list[type[Keeper]] = [OurSpool, OurTemplates]
    kinds += [kind for name, kind in PEERS.items() if stage.plan.wants(name)]
    events = made_up(stage.data(), min(EVENTS, 20 * stage.plan.size))
    since = events[len(events) * 9 // 10].time
    expected = sum(event.action is Action.BLOCK and event.time >= since for event in events)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(stage.cores.server)})
    try:
        for number in stage.rounds("recording and reading"):
            for kind in kinds:
                keeper = kind(stage.folder(f"{kind.name}-{number}"))
                _measure(stage, keeper, events, since, expected)
    finally:
        os.sched_setaffinity(0, before)


def made_up(data: Data, count: int) -> list[Event]:
    """Events of a busy morning, one in five of them a block."""
    listed, allowed = data.sample(data.listed, KINDS // 5), data.sample(data.allowed, KINDS)
    first = Event(
        time=MORNING,
        stage=Where.DNS,
        client="10.1.0.7",
        group="group-0",
        host="",
        action=Action.ALLOW,
        reason=Reason.DEFAULT,
        method="A",
        handling=Handling.INSPECT,
        base=1,
    )
    kinds = []
    for place in range(KINDS):
        blocked = place % 5 == 0
        host = (listed if blocked else allowed)[place % len(listed if blocked else allowed)]
        kinds.append(
            replace(
                first,
                host=host,
                action=Action.BLOCK if blocked else Action.ALLOW,
                reason=Reason.CATEGORY if blocked else Reason.DEFAULT,
                category="games" if blocked else "",
                list_id="bench" if blocked else "",
                rule=host if blocked else "",
            )
        )
    step = timedelta(milliseconds=2)
    return [replace(kinds[place % KINDS], time=MORNING + place * step) for place in range(count)]


def _measure(stage: Stage, keeper: Keeper, events: Sequence[Event], since: datetime, expected: int) -> None:
    case, peer = ("append", keeper.name) if keeper.name != "templates" else ("append-hot", OURS)
    machine, began = readings.machine(), time.process_time()
    keeper.keep(events)
    spent = time.process_time() - began
    stage.results.add(case, peer, readings.machine().stolen_since(machine), us=spent * 1e6 / len(events))
    began = time.process_time()
    found = keeper.blocked_since(since)
    spent = time.process_time() - began
    if found != expected:
        stage.results.spoil(peer, f"{found} of {expected} events were read back")
    if case == "append":
        stage.results.add("read-back", peer, us=spent * 1e6 / max(1, found))
