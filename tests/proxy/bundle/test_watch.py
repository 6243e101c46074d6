"""Noticing what is published, and keeping what is in force when it is not good."""

import asyncio
import logging
import os
import threading
from functools import partial
from pathlib import Path

import pytest

from proxy.bundle.load import LoadedBundle
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.bundle.watch import Watcher
from proxy.decision.policy import Correction
from written_school import WrittenSchool, write_school

MENDED = Correction("c1", "games.example", "games", "a library", ("library",))


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    made = write_school(tmp_path)
    made.publish()
    return made


def revisions(taken: list[LoadedBundle]) -> list[tuple[int, int]]:
    return [(loaded.policy.base, loaded.policy.overlay) for loaded in taken]


def spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2])


def test_what_takes_long_is_done_in_the_thread_that_reads(school: WrittenSchool) -> None:
    done: list[tuple[str, LoadedBundle, bool]] = []
    loops_own = threading.current_thread()

    def note(what: str, loaded: LoadedBundle) -> None:
        done.append((what, loaded, threading.current_thread() is loops_own))
        if what == "changed":
            changed.set()

    async def story() -> None:
        watcher = Watcher(school.state, partial(note, "changed"), partial(note, "prepared"))
        watcher.start(asyncio.get_running_loop(), 0.01)
        async with asyncio.timeout(60):
            await changed.wait()
        watcher.stop()

    changed = asyncio.Event()
    asyncio.run(story())
    assert [(what, here) for what, _, here in done] == [("prepared", False), ("changed", True)]
    assert done[0][1] is done[1][1]


def test_each_publication_is_handed_on_once(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)

    assert [watcher.poll(), watcher.poll()] == [True, False]
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    assert [watcher.poll(), watcher.poll()] == [True, False]
    school.list_games("other.example")
    school.publish()
    assert [watcher.poll(), watcher.poll()] == [True, False]

    assert revisions(taken) == [(1, 0), (1, 1), (2, 1)]


def test_a_new_overlay_leaves_the_loaded_lists_as_they_are(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)
    watcher.poll()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    watcher.poll()

    assert taken[0].policy.listings is taken[1].policy.listings
    assert taken[0].identities is taken[1].identities


def test_a_damaged_base_is_reported_once_and_the_one_in_force_stays(
    school: WrittenSchool, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)
    watcher.poll()
    school.list_games("other.example")
    school.publish()
    spoil(school.base(2) / "settings.json")

    with caplog.at_level(logging.WARNING):
        assert [watcher.poll(), watcher.poll()] == [False, False]

    assert revisions(taken) == [(1, 0)]
    assert watcher.problems == (
        "bundle/base-2/settings.json: its checksum differs: it was changed after it was published",
        "base revision 1 stays in force",
    )
    assert len([record for record in caplog.records if "checksum" in record.message]) == 1


def test_a_damaged_overlay_does_not_hold_up_a_good_base(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    watcher.poll()
    publish_overlay(Overlay(), school.state)
    spoil(school.overlay(2))
    school.list_games("other.example")
    school.publish()

    assert watcher.poll()

    assert revisions(taken) == [(1, 1), (2, 1)]
    assert taken[1].policy.corrections == (MENDED,)


def test_the_next_good_publication_ends_the_trouble(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)
    spoil(school.base(1) / "settings.json")
    assert not watcher.poll()
    assert watcher.problems

    school.publish()

    assert watcher.poll()
    assert (revisions(taken), watcher.problems) == ([(2, 0)], ())


def test_before_the_first_publication_it_waits(tmp_path: Path) -> None:
    fresh = write_school(tmp_path / "fresh")
    taken: list[LoadedBundle] = []
    watcher = Watcher(fresh.state, taken.append)
    assert [watcher.poll(), watcher.poll()] == [False, False]
    fresh.publish()
    assert watcher.poll()


async def until_taken(taken: list[LoadedBundle], count: int) -> None:
    async with asyncio.timeout(60):
        while len(taken) < count:
            await asyncio.sleep(0.01)


def test_a_running_watcher_takes_up_what_is_published(school: WrittenSchool) -> None:
    async def story() -> list[tuple[int, int]]:
        taken: list[LoadedBundle] = []
        watcher = Watcher(school.state, taken.append)
        watcher.start(asyncio.get_running_loop(), interval_s=0.01)
        await until_taken(taken, 1)
        publish_overlay(Overlay(corrections=(MENDED,)), school.state)
        await until_taken(taken, 2)
        spoil(school.overlay(1))
        publish_overlay(Overlay(), school.state)
        await until_taken(taken, 3)
        watcher.stop()
        return revisions(taken)

    assert asyncio.run(story()) == [(1, 0), (1, 1), (1, 2)]


def test_a_receiver_that_fails_does_not_end_the_watching(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []

    def receive(loaded: LoadedBundle) -> None:
        taken.append(loaded)
        if len(taken) == 1:
            raise RuntimeError("no room")

    watcher = Watcher(school.state, receive)
    assert not watcher.poll()
    publish_overlay(Overlay(), school.state)
    assert watcher.poll()
    assert len(taken) == 2


def test_what_a_receiver_could_not_take_up_is_handed_on_again(school: WrittenSchool) -> None:
    async def story() -> list[tuple[int, int]]:
        taken: list[LoadedBundle] = []

        def receive(loaded: LoadedBundle) -> None:
            taken.append(loaded)
            if len(taken) == 2:
                raise RuntimeError("no room")

        watcher = Watcher(school.state, receive)
        watcher.poll()
        publish_overlay(Overlay(), school.state)
        assert not watcher.poll()
        watcher.start(asyncio.get_running_loop(), interval_s=0.001)
        await until_taken(taken, 3)
        watcher.stop()
        return revisions(taken)

    assert asyncio.run(story()) == [(1, 0), (1, 1), (1, 1)]


def test_lists_that_are_no_longer_in_force_are_let_go(school: WrittenSchool) -> None:
    taken: list[LoadedBundle] = []

    def take(loaded: LoadedBundle) -> None:
        taken[:] = [loaded]

    watcher = Watcher(school.state, take)
    watcher.poll()
    held = mappings(school.state)
    for number in range(5):
        school.list_games(f"other-{number}.example")
        school.publish()
        assert watcher.poll()

    assert taken[0].policy.listings.for_host("other-4.example")
    assert mappings(school.state) == held


def mappings(state: Path) -> tuple[int, int]:
    """How many mappings and descriptors of indexes this process has."""
    maps = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(state) in line]
    links = [
        os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if alive(number)
    ]
    return len(maps), sum(str(state) in link for link in links)


def alive(number: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{number}")


def test_a_new_overlay_leaves_what_is_known_of_ways_around_as_it_is(school: WrittenSchool) -> None:
    school.know_of("vpn.example")
    school.publish()
    taken: list[LoadedBundle] = []
    watcher = Watcher(school.state, taken.append)
    watcher.poll()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    watcher.poll()

    assert revisions(taken) == [(2, 0), (2, 1)]
    assert taken[0].knowledge is not None
    assert taken[0].knowledge is taken[1].knowledge
