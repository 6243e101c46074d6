"""How does a new revision come to lie on the disk, whole, before anything points to it?"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proxy.bundle.content import INDEX
from proxy.bundle.envelope import seal
from proxy.bundle.layout import Layout, Part, sync_directory, sync_file, write_file
from proxy.bundle.manifest import MANIFEST, FileMark, Manifest, mark_of
from proxy.bundle.overlay import Overlay, to_data
from proxy.bundle.published import write_down

UNSAID: Mapping[str, Any] = {}


def write_base(
    layout: Layout,
    files: Mapping[str, bytes],
    index: Path,
    index_mark: FileMark,
    inputs: str,
    *,
    by: str = "",
    changes: Mapping[str, Any] = UNSAID,
) -> int:
    """Write a base, put it in force and return its revision. Only under the lock.

    files    name in the base -> content
    index    a compiled index on the same file system; it is linked, not copied
    index_mark   what that file is
    inputs   hexadecimal sha256 of what the index was compiled from
    by, changes   for the publish log, see `published.write_down`
    """
    revision = layout.next_revision(Part.BASE)
    scratch = layout.scratch(f"base-{revision}")
    scratch.mkdir(mode=0o700)
    marks: dict[str, FileMark] = {}
    for name, content in files.items():
        write_file(scratch / name, content)
        marks[name] = mark_of(scratch / name)
    os.link(index, scratch / INDEX)
    os.chmod(scratch / INDEX, 0o600)
    sync_file(scratch / INDEX)
    marks[INDEX] = index_mark
    write_file(scratch / MANIFEST, Manifest(revision, marks, inputs).to_bytes())
    sync_directory(scratch)
    layout.put_in_force(Part.BASE, revision, scratch)
    write_down(layout, Part.BASE, revision, by, changes)
    layout.prune(Part.BASE)
    return revision


def write_overlay(
    layout: Layout, overlay: Overlay, *, by: str = "", changes: Mapping[str, Any] = UNSAID
) -> int:
    """Write an overlay, put it in force and return its revision. Only under the lock.

    by, changes   for the publish log, see `published.write_down`
    """
    revision = layout.next_revision(Part.OVERLAY)
    scratch = layout.scratch(f"overlay-{revision}.json")
    write_file(scratch, seal(revision, to_data(overlay)))
    layout.put_in_force(Part.OVERLAY, revision, scratch)
    write_down(layout, Part.OVERLAY, revision, by, changes)
    layout.prune(Part.OVERLAY)
    return revision
