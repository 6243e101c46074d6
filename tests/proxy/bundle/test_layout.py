"""Names, links and locks of a bundle's directory."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.bundle.layout import KEEP_OVERLAYS, Layout, Part, write_file


def put(layout: Layout, content: bytes = b"x") -> int:
    with layout.locked():
        revision = layout.next_revision(Part.OVERLAY)
        write_file(layout.scratch("overlay"), content)
        layout.put_in_force(Part.OVERLAY, revision, layout.scratch("overlay"))
        layout.prune(Part.OVERLAY)
    return revision


WRITER = """
import sys
from pathlib import Path
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
for _ in range(5):
    publish_overlay(Overlay(), Path(sys.argv[1]))
"""


def test_nothing_is_in_force_before_something_is_put_there(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert (layout.current(Part.BASE), layout.revisions(Part.BASE)) == (None, [])


def test_revisions_grow_and_the_link_points_to_the_last(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert [put(layout) for _ in range(3)] == [1, 2, 3]
    assert (layout.current(Part.OVERLAY), layout.revisions(Part.OVERLAY)) == (3, [3, 2, 1])


def test_a_revision_is_never_used_twice_even_when_its_file_is_gone(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    put(layout)
    put(layout)
    layout.path(Part.OVERLAY, 2).unlink()
    assert put(layout) == 3


def test_old_revisions_are_removed_but_never_the_one_in_force(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for _ in range(KEEP_OVERLAYS + 3):
        put(layout)
    assert layout.revisions(Part.OVERLAY) == list(range(KEEP_OVERLAYS + 3, 3, -1))
    link = layout.directory / "overlay.current"
    link.unlink()
    link.symlink_to("overlay-4.json")
    with layout.locked():
        for _ in range(2):
            revision = layout.next_revision(Part.OVERLAY)
            write_file(layout.path(Part.OVERLAY, revision), b"newer")
        layout.prune(Part.OVERLAY)
    assert layout.current(Part.OVERLAY) == 4
    assert layout.path(Part.OVERLAY, 4).exists()


def test_what_a_dead_publisher_left_is_cleared_away(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with layout.locked():
        pass
    (layout.directory / ".new-base-9").mkdir()
    (layout.directory / ".new-base-9" / "half").write_text("x")
    (layout.directory / ".new-overlay-3.json").write_text("x")
    with layout.locked():
        assert sorted(path.name for path in layout.directory.iterdir()) == ["lock"]


@pytest.mark.parametrize(
    "name", ["base-0", "base-01", "base-1.tmp", "base--1", "base-", "overlay-1", "base-1\n"]
)
def test_other_names_are_no_revisions(tmp_path: Path, name: str) -> None:
    layout = Layout(tmp_path)
    layout.directory.mkdir()
    (layout.directory / name).mkdir()
    assert layout.revisions(Part.BASE) == layout.revisions(Part.OVERLAY) == []


def test_writers_in_several_processes_get_revisions_of_their_own(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert Layout(tmp_path).current(Part.OVERLAY) == 15
