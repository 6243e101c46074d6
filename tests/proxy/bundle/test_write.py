"""Writing revisions."""

from pathlib import Path

from proxy.bundle.layout import Layout, Part, write_file
from proxy.bundle.load import read_overlay
from proxy.bundle.manifest import mark_of, read_manifest
from proxy.bundle.overlay import Overlay
from proxy.bundle.write import write_base, write_overlay


def test_a_base_holds_its_files_and_a_link_to_the_index(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with layout.compiling():
        write_file(layout.compiled(), b"index")
        compiled = layout.compiled().stat().st_ino
        with layout.locked():
            revision = write_base(
                layout, {"a.json": b"{}"}, layout.compiled(), mark_of(layout.compiled()), inputs="11"
            )
    directory = layout.path(Part.BASE, revision)
    manifest = read_manifest(directory, revision)
    assert {name: mark_of(directory / name) for name in manifest.files} == dict(manifest.files)
    assert sorted(manifest.files) == ["a.json", "index.sgi"]
    assert (directory / "index.sgi").stat().st_ino == compiled
    assert layout.current(Part.BASE) == revision == 1


def test_an_overlay_is_in_force_once_written(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with layout.locked():
        revision = write_overlay(layout, Overlay())
    assert read_overlay(layout, revision).overlay == Overlay()
    assert layout.current(Part.OVERLAY) == revision == 1
