"""What does an overlay hold, and how does it pass to a file and back?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from proxy.bundle.errors import PublishRefused
from proxy.bundle.overlay_schema import (
    AudienceEntry,
    CorrectionEntry,
    OverlayFile,
    OverrideEntry,
    PermitEntry,
)
from proxy.decision.audience import Audience
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import Correction, Override, Target

AUDIENCE = ("subjects", "classes", "grades", "groups", "schools", "within")

MAX_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is published between two bases: approved exceptions, mended listings, and ways around the filter
    that somebody permitted."""

    overrides: tuple[Override, ...] = ()
    corrections: tuple[Correction, ...] = ()
    permits: tuple[GivenPermit, ...] = ()


class OverlayProblem(ValueError):
    """Something that is no overlay; `problems` has one line for each thing that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_overlay_file(file: Path) -> Overlay:
    """Read an overlay that a person or program wrote, in YAML or JSON.

    Raises PublishRefused with every problem, each naming the file and the entry.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise PublishRefused([f"{file}: is larger than {MAX_FILE_BYTES} bytes"])
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return from_data({} if data is None else data)
    except OSError as error:
        raise PublishRefused([f"{file}: cannot be read: {error.strerror}"]) from error
    # What an explicit tag (`!!bool maybe`) says wrongly, PyYAML reports by whatever it stumbles over.
    except (yaml.YAMLError, RecursionError, ValueError, LookupError, AttributeError) as error:
        problems = error.problems if isinstance(error, OverlayProblem) else (f"is no YAML or JSON: {error}",)
        raise PublishRefused([f"{file}: {problem}" for problem in problems]) from error


def from_data(data: Any) -> Overlay:
    """Make an overlay of what JSON or YAML gave. Raises OverlayProblem."""
    try:
        file = OverlayFile.model_validate(data)
    except ValidationError as error:
        raise OverlayProblem([_in_words(problem) for problem in error.errors()]) from error
    return Overlay(
        tuple(map(_override, file.overrides)),
        tuple(map(_correction, file.corrections)),
        tuple(map(_permit, file.permits)),
    )


def to_data(overlay: Overlay) -> dict[str, Any]:
    """Spell an overlay in what JSON knows; `from_data` gives it back. Sets are sorted."""
    return {
        "overrides": [
            {
                "id": o.id,
                "action": o.action.value,
                "target": {
                    "host": o.target.host,
                    "path": o.target.path,
                    "exact": o.target.exact,
                    "query": o.target.query,
                },
                "audience": _spelled(o.audience),
                "reason": o.reason,
                "decided_by": o.decided_by,
                "begins": _iso(o.begins),
                "ends": _iso(o.ends),
            }
            for o in overlay.overrides
        ],
        "corrections": [
            {
                "id": c.id,
                "name": c.name,
                "category": c.category,
                "why": c.why,
                "by": list(c.by),
                "schools": sorted(c.schools),
            }
            for c in overlay.corrections
        ],
        "permits": [
            {
                "id": p.id,
                "technique": p.technique,
                "hosts": sorted(p.hosts),
                "ports": sorted(p.ports),
                "audience": _spelled(p.audience),
                "reason": p.reason,
                "decided_by": p.decided_by,
                "begins": _iso(p.begins),
                "ends": _iso(p.ends),
            }
            for p in overlay.permits
        ],
    }


def _spelled(audience: Audience) -> dict[str, list[str]]:
    return {kind: sorted(getattr(audience, kind)) for kind in AUDIENCE}


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment is not None else None


def _audience(entry: AudienceEntry) -> Audience:
    return Audience(**{kind: frozenset(getattr(entry, kind)) for kind in AUDIENCE})


def _override(entry: OverrideEntry) -> Override:
    target = entry.target
    return Override(
        id=entry.id,
        action=entry.action,
        target=Target(target.host, target.path, target.exact, target.query),
        audience=_audience(entry.audience),
        reason=entry.reason,
        decided_by=entry.decided_by,
        begins=entry.begins.astimezone(UTC) if entry.begins else None,
        ends=entry.ends.astimezone(UTC) if entry.ends else None,
    )


def _correction(entry: CorrectionEntry) -> Correction:
    return Correction(entry.id, entry.name, entry.category, entry.why, entry.by, frozenset(entry.schools))


def _permit(entry: PermitEntry) -> GivenPermit:
    return GivenPermit(
        id=entry.id,
        technique=entry.technique,
        decided_by=entry.decided_by,
        reason=entry.reason,
        hosts=frozenset(entry.hosts),
        ports=frozenset(entry.ports),
        ends=entry.ends.astimezone(UTC),
        begins=entry.begins.astimezone(UTC) if entry.begins else None,
        audience=_audience(entry.audience),
    )


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field here",
    "timezone_aware": "needs a time zone, as in 2026-12-18T15:00:00-06:00",
    "string_type": "is a text; put it in quotes",
    "enum": "is allow or block",
}


def _in_words(problem: Any) -> str:
    """One pydantic problem as `overrides[2].ends: needs a time zone`."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(
        "."
    )
    words = _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return f"{place}: {words}" if place else str(words)
