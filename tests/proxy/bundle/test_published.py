"""The record of who put which revision in force."""

import json
import os
import pwd
import resource
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from proxy import chained_log
from proxy.bundle.layout import Part
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, revise_overlay
from proxy.bundle.published import UNKNOWN, account, is_settled, published_log, settle
from proxy.decision.policy import Correction
from written_school import WrittenSchool, write_school

ME = f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
MENDED = Correction("c-1", "clinic.example", "games", "a clinic", ("library",))
OTHER = Correction("c-2", "museum.example", "games", "a museum", ("library",))


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def lines(school: WrittenSchool) -> list[tuple[str, str, int]]:
    return [(line.body["by"], line.body["part"], line.body["revision"]) for line in all_lines(school)]


def all_lines(school: WrittenSchool) -> list[chained_log.Line]:
    read = list(chained_log.read(published_log(school.state)))
    assert [line.fault for line in read] == [""] * len(read)
    return read


def changes(school: WrittenSchool) -> Any:
    return all_lines(school)[-1].body["changes"]


def test_each_publication_has_a_line_with_its_publisher(school: WrittenSchool) -> None:
    school.publish()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    revise_overlay(lambda overlay: Overlay(), school.state)
    revise_overlay(lambda overlay: overlay, school.state)

    assert account() == ME
    assert lines(school) == [(ME, "base", 1), (ME, "overlay", 1), ("console", "overlay", 2)]
    assert {datetime.fromisoformat(line.body["at"]).tzinfo for line in all_lines(school)} == {UTC}
    assert is_settled(school.state)


def test_a_line_names_the_content_that_came_into_force(school: WrittenSchool) -> None:
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    content = school.layout.path(Part.OVERLAY, 1).read_bytes()
    assert all_lines(school)[0].body["sha256"] == sha256(content).hexdigest()


def test_a_line_says_what_was_changed(school: WrittenSchool) -> None:
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    assert changes(school) == {
        "overrides": 0, "corrections": 1, "permits": 0, "new": ["c-1"], "changed": [], "ended": [],
    }  # fmt: skip
    reworded = Correction("c-1", "clinic.example", "games", "a clinic for all", ("library",))
    publish_overlay(Overlay(corrections=(reworded, OTHER)), school.state)
    assert changes(school) == {
        "overrides": 0, "corrections": 2, "permits": 0, "new": ["c-2"], "changed": ["c-1"], "ended": [],
    }  # fmt: skip
    many = tuple(Correction(f"m-{n:04d}", f"n{n}.example", "games", "x", ("library",)) for n in range(203))
    publish_overlay(Overlay(corrections=many), school.state)
    named = changes(school)["new"]
    assert (named[0], named[199:]) == ("m-0000", ["m-0199", "and 3 more"])
    assert changes(school)["ended"] == ["c-1", "c-2"]

    school.publish()
    assert changes(school) == {"parts": []}
    (school.config / "games.txt").write_text("games.example\nmore.example\n")
    school.publish()
    assert changes(school) == {"parts": ["lists"]}


def test_what_came_into_force_without_a_line_gets_one_that_names_nobody(school: WrittenSchool) -> None:
    publish_overlay(Overlay(), school.state)
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    kept = published_log(school.state).read_bytes().splitlines(keepends=True)[0]
    published_log(school.state).write_bytes(kept)  # as if the second publisher had died there

    assert not is_settled(school.state)
    publish_overlay(Overlay(), school.state)
    assert lines(school) == [(ME, "overlay", 1), (UNKNOWN, "overlay", 2), (ME, "overlay", 3)]


def test_settling_writes_what_is_missing_once(school: WrittenSchool) -> None:
    school.publish()
    publish_overlay(Overlay(), school.state)
    published_log(school.state).unlink()
    with school.layout.locked():
        assert [settle(school.layout), settle(school.layout)] == [2, 0]
    assert lines(school) == [(UNKNOWN, "base", 1), (UNKNOWN, "overlay", 1)]


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Lets the system refuse longer files, as a full disk would, until told otherwise or the test ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_log_that_takes_no_more_stops_no_publication(
    school: WrittenSchool, small_files: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(12):
        publish_overlay(Overlay(), school.state)
    small_files(published_log(school.state).stat().st_size + 10)
    publish_overlay(Overlay(), school.state)
    small_files(resource.RLIM_INFINITY)

    assert school.layout.current(Part.OVERLAY) == 13
    assert caplog.messages == [
        "bundle/published.log cannot be written: File too large; overlay revision 13 is in force and gets "
        "its line later"
    ]
    publish_overlay(Overlay(), school.state)
    assert lines(school)[12:] == [(UNKNOWN, "overlay", 13), (ME, "overlay", 14)]


def test_a_damaged_last_line_stops_no_publication_and_stays_visible(school: WrittenSchool) -> None:
    publish_overlay(Overlay(), school.state)
    with published_log(school.state).open("ab") as file:
        file.write(b'{"number": 2, "body": {"written": []}}\n')
    publish_overlay(Overlay(), school.state)

    read = list(chained_log.read(published_log(school.state)))
    assert [line.fault for line in read] == ["", "is no line of this file", "", ""]
    assert json.loads(published_log(school.state).read_bytes().splitlines()[-1])["body"]["revision"] == 2
