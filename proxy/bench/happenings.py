"""Which events has a school recorded when its console is measured? Two weeks of them, of nobody real.

A day is made once and kept in the cache directory, in the archive of a state directory of its own, and goes
when nobody counts it any more. The last hours are in the spool, in segments that are still written.
"""

import multiprocessing
import os
import random
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate, cycle, islice
from pathlib import Path

from proxy.bench.errors import BenchProblem
from proxy.decision.request import Stage as Where
from proxy.decision.verdict import Action, Reason
from proxy.journal import counts
from proxy.journal.archived import archived
from proxy.journal.codec import Template, client_tag
from proxy.journal.event import Event, microseconds
from proxy.journal.retention import expire_archived
from proxy.journal.shipping import ship
from proxy.journal.spool import Spool
from proxy.journal.wanted import LAST_US

VERSION = "1"
DAYS = 14  # as many as a case's page counts
LIVE = timedelta(hours=6)  # as long as a worker writes to one file
WORKERS = ("dns-0", "dns-1", "http-0", "http-1")
SITES = 9_000  # those that cases are about
KINDS = 5 * SITES  # one in five is blocked
GROUPS, LISTS = ("elementary", "middle", "high", "staff"), ("starter", "ut1", "district")
PICKS = 100_003
PAUSE_EVERY = 10_000
MANY = 100_000  # events of a day, from which on several days are made at once
_A_DAY = timedelta(days=1)


def recorded(kept: Path, state: Path, per_day: int, at: datetime) -> list[Spool]:
    """Have a state directory hold what a gateway has recorded in two weeks.

    kept      where days are kept from one time to the next
    state     of the gateway; nothing is recorded there yet
    at        the present, aware

    Returns the spools of the workers, which write on; whoever has them closes them.
    """
    today = at.astimezone(UTC).date()
    bring_up(kept, per_day, today)
    for one in archived(kept / "archive"):
        place = state / "archive" / one.worker
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _linked(one.path, place / one.path.name)
    shutil.copy2(kept / "archive" / counts.NAME, state / "archive" / counts.NAME)
    begin = max(_midnight(today), at - LIVE)
    if begin > _midnight(today):
        for spool in _written(state, _midnight(today), begin, per_day):
            spool.close()
        _shipped(state, at)
    return _written(state, begin, at, per_day)


def bring_up(kept: Path, per_day: int, today: date) -> None:
    """Make the days before this one that are not there, and let those go that nobody asks for any more."""
    (kept / "days").mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = [today - number * _A_DAY for number in range(1, DAYS + 1)]
    expire_archived(kept / "archive", _midnight(wanted[-1]))
    made = {place.name for place in (kept / "days").iterdir()}
    for name in made - {day.isoformat() for day in wanted}:
        (kept / "days" / name).unlink()
    missing = [day for day in wanted if day.isoformat() not in made]
    for day, place in zip(missing, _made(kept, missing, per_day), strict=True):
        _taken(kept, day, place)
    _shipped(kept, _midnight(today))


def _made(kept: Path, days: Sequence[date], per_day: int) -> Iterator[Path]:
    """Make days, each in a directory of its own, and give each when it is ready."""
    places = [kept / f".{day.isoformat()}" for day in days]
    numbers = [per_day] * len(days)
    if per_day < MANY:
        yield from map(make_day, places, days, numbers)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=spawn) as pool:
        yield from pool.map(make_day, places, days, numbers)


def make_day(place: Path, day: date, per_day: int) -> Path:
    """Record the events of a day and ship them; return the state directory."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    begin = _midnight(day)
    for spool in _written(place, begin, begin + _A_DAY, per_day):
        spool.close()
    ship(place, begin + _A_DAY)
    return place


def _taken(kept: Path, day: date, made: Path) -> None:
    """Take a day's files over. What is left of an earlier time, when this was killed, goes first."""
    first, last = microseconds(_midnight(day)), microseconds(_midnight(day + _A_DAY))
    for one in archived(kept / "archive"):
        if first <= one.first_us < last:
            one.path.unlink()
    for one in archived(made / "archive"):
        place = kept / "archive" / one.worker
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        one.path.rename(place / one.path.name)
    (kept / "days" / day.isoformat()).touch()
    shutil.rmtree(made)


def _shipped(state: Path, at: datetime) -> None:
    """Ship until everything is counted: one round counts a part. Raises BenchProblem."""
    done, failed = -1, tuple[str, ...]()
    while (left := _uncounted(state)) or done < 0:
        if left == done:
            raise BenchProblem(f"{left} files in {state} cannot be counted: {failed}")
        done = left
        failed = ship(state, at).failed


def _uncounted(state: Path) -> int:
    files = archived(state / "archive")
    with counts.reading(state / "archive") as known:
        return len(files) - (len(known.files(0, LAST_US, by_host=False)) if known is not None else 0)


def _written(state: Path, begin: datetime, end: datetime, per_day: int) -> list[Spool]:
    """Write the events of a time; return the spools, still open."""
    spools = [Spool(state / "spool", worker=worker, gateway="bench") for worker in WORKERS]
    number = int(per_day * ((end - begin) / _A_DAY)) // len(WORKERS)
    tag = client_tag("10.1.0.7", "abcdefghij234567")
    first, step = microseconds(begin), (end - begin) / timedelta(microseconds=1) / max(1, number)
    for place, spool in enumerate(spools):
        happens, packed = kinds(is_dns=WORKERS[place].startswith("dns")), dict[int, Template]()
        picked = islice(cycle(_picks(place)), begin.toordinal() * 7919 % PICKS, None)
        for turn, pick in zip(range(number), picked, strict=False):
            template = packed.get(pick) or packed.setdefault(pick, spool.template(happens[pick]))
            spool.append_as(template, int(first + turn * step), tag)
            if turn % PAUSE_EVERY == PAUSE_EVERY - 1:
                spool.flush(30)
        spool.flush(30)
    return spools


@cache
def kinds(*, is_dns: bool) -> Sequence[Event]:
    """What happens at a resolver, or at a proxy: the most frequent first come anywhere in it."""
    first = Event(
        time=datetime(2026, 1, 5, tzinfo=UTC), stage=Where.DNS if is_dns else Where.HTTP, client="",
        group="", host="", action=Action.ALLOW, reason=Reason.DEFAULT,
        method="A" if is_dns else "GET", base=1,
    )  # fmt: skip
    found = []
    for number in range(KINDS):
        site, blocked = number // 5, number % 5 == 0
        below = "www." if site % 3 == 0 else ""
        refers = not is_dns and site % 2 == 0
        found.append(
            replace(
                first,
                group=GROUPS[site % len(GROUPS)],
                host=f"{below}site-{site}.example" if blocked else f"open-{number}.example",
                action=Action.BLOCK if blocked else Action.ALLOW,
                reason=Reason.CATEGORY if blocked else Reason.DEFAULT,
                category="games" if blocked else "",
                list_id=LISTS[site % len(LISTS)] if blocked else "",
                referring_host=f"www.site-{site * 31 % SITES}.example" if refers else "",
            )
        )
    return found


@cache
def _picks(seed: int) -> Sequence[int]:
    """Which kinds come one after the other: some far more often than others (Zipf)."""
    chance = random.Random(4711 + seed)
    ranked = chance.sample(range(KINDS), KINDS)
    weights = [*accumulate(1 / (1 + rank) for rank in range(KINDS))]
    return chance.choices(ranked, cum_weights=weights, k=PICKS)


def _linked(file: Path, to: Path) -> None:
    try:
        to.hardlink_to(file)
    except OSError:  # another file system
        shutil.copy2(file, to)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
