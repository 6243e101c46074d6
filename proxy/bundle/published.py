"""Who put which revision in force, and when? A chained line for each, in `bundle/published.log`.

A line is written under the lock that orders the writers of revisions, right after the revision came into
force. Where a publisher died between the two, or the disk took no more, the next one adds the line: it cannot
say by whom, and says so.
"""

import logging
import os
import pwd
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy import chained_log
from proxy.bundle.layout import Layout, Part
from proxy.bundle.manifest import MANIFEST, mark_of
from proxy.bundle.overlay import Overlay
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import Correction, Override

log = logging.getLogger(__name__)

NAME = "published.log"
UNKNOWN = "unknown"
MOST_IDS = 200


def published_log(state: Path) -> Path:
    """Where the lines are."""
    return Layout(state).directory / NAME


def account() -> str:
    """The account of the machine that runs this process: `cli:root`; its number where it has no name."""
    uid = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"cli:{uid}"


def write_down(layout: Layout, part: Part, revision: int, by: str, changes: Mapping[str, Any]) -> None:
    """Add the line of a revision that has just come into force. Only under the lock.

    by        who published it: `console`, or an account as `account` has it; "" for that of this process
    changes   what it changes, as JSON; ids and numbers

    A line that cannot be written is no reason to take back what is in force: the operator is told, and the
    next publication or `settle` adds it.
    """
    try:
        settle(layout, below={part: revision})
        _add(layout, part, revision, by or account(), changes)
    except OSError as error:
        log.error(
            "bundle/published.log cannot be written: %s; %s revision %d is in force and gets its line later",
            error.strerror,
            part.value,
            revision,
        )


def settle(layout: Layout, below: Mapping[Part, int] | None = None) -> int:
    """Add lines for what lies there without one, up to what is in force, and return how many.

    below   leave this revision of a part, and later ones, for another line

    Only under the lock. Raises OSError.
    """
    written = _written(layout)
    below = below or {}
    added = 0
    for part in Part:
        end = below.get(part, (layout.current(part) or 0) + 1)
        for revision in sorted(layout.revisions(part)):
            if written.get(part.value, 0) < revision < end:
                _add(layout, part, revision, UNKNOWN, {})
                added += 1
    return added


def is_settled(state: Path) -> bool:
    """Say whether what is in force has its lines; cheap, and without the lock."""
    layout = Layout(state)
    written = _written(layout)
    return all((layout.current(part) or 0) <= written.get(part.value, 0) for part in Part)


def entries_changed(before: Overlay, now: Overlay) -> dict[str, Any]:
    """What a new overlay changes: ids of entries that came, differ or went, and how many there are."""
    had, has = _by_id(before), _by_id(now)
    return {
        "overrides": len(now.overrides),
        "corrections": len(now.corrections),
        "permits": len(now.permits),
        "new": _named(has.keys() - had.keys()),
        "changed": _named({id_ for id_ in had.keys() & has.keys() if had[id_] != has[id_]}),
        "ended": _named(had.keys() - has.keys()),
    }


def _by_id(overlay: Overlay) -> dict[str, Override | Correction | GivenPermit]:
    kinds = (overlay.overrides, overlay.corrections, overlay.permits)
    return {entry.id: entry for entries in kinds for entry in entries}


def _named(ids: set[str]) -> list[str]:
    """Ids in order; past some hundreds the first ones and how many more there are."""
    named = sorted(ids)
    return named if len(named) <= MOST_IDS else [*named[:MOST_IDS], f"and {len(named) - MOST_IDS} more"]


def _add(layout: Layout, part: Part, revision: int, by: str, changes: Mapping[str, Any]) -> None:
    written = _written(layout)
    written[part.value] = max(revision, written.get(part.value, 0))
    path = layout.path(part, revision)
    mark = mark_of(path / MANIFEST if part is Part.BASE else path)
    chained_log.append(
        layout.directory / NAME,
        {
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "by": by,
            "part": part.value,
            "revision": revision,
            "sha256": mark.sha256,
            "changes": dict(changes),
            "written": written,
        },
    )


def _written(layout: Layout) -> dict[str, int]:
    """Up to which revision of each part there are lines."""
    line = chained_log.last(layout.directory / NAME)
    match line.body.get("written") if line is not None else None:
        case dict(written) if all(type(revision) is int for revision in written.values()):
            return dict(written)
    return {}
