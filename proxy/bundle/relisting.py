"""Of which hosts do the lists of a base say something else than those of the base in force before it?

A base brings the answer along where it can be given, so that workers go on with what they know of all other
hosts. The file is read only by those who swap; a base without it is as good, and everything is judged anew.
"""

from pathlib import Path

from proxy.bundle.errors import BundleRefused
from proxy.bundle.layout import Layout, Part
from proxy.bundle.manifest import read_manifest, verified_bytes
from proxy.lists.comparing import relisted_between
from proxy.lists.relisted import NOTHING, Relisted

RELISTED = "relisted.txt"


def relisting(since: int, before: Path, after: Path) -> dict[str, bytes]:
    """The file for a new base, by its name; no file when the indexes cannot be compared.

    since   revision of the base with the index `before`
    """
    found = relisted_between(before, after)
    return {} if found is None else {RELISTED: b"%d\n%b" % (since, found.to_bytes())}


def relisted_since(layout: Layout, revision: int, since: int) -> Relisted | None:
    """Read of which hosts a base says something else than an earlier one, through all in between.

    None when that is not known: a base in between is gone or damaged, or did not say it.
    """
    found: Relisted | None = NOTHING
    try:
        while found is not None and revision > since:
            before, more = _read(layout, revision)
            if before >= revision:
                return None
            revision, found = before, found.joined(more)
    except (BundleRefused, ValueError):
        return None
    return found if revision == since else None


def _read(layout: Layout, revision: int) -> tuple[int, Relisted]:
    directory = layout.path(Part.BASE, revision)
    data = verified_bytes(directory, read_manifest(directory, revision), RELISTED)
    since, _, lines = data.partition(b"\n")
    return int(since), Relisted.from_bytes(lines)
