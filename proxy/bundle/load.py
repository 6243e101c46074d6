"""Which policy is in force, by what lies in the state directory?

A part that does not verify is refused, and the newest older one that does takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from proxy.bundle.content import Base, read_base
from proxy.bundle.envelope import EnvelopeProblem, unseal
from proxy.bundle.errors import BundleRefused, NothingPublished
from proxy.bundle.fit import effective, misfits
from proxy.bundle.layout import Layout, Part
from proxy.bundle.overlay import Overlay, OverlayProblem, from_data
from proxy.bypass.knowledge import Knowledge
from proxy.decision.policy import Policy
from proxy.identity.identities import Identities
from proxy.lists.relisted import NOTHING, Relisted
from proxy.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class LoadedBundle:
    """A policy with what else its base holds.

    problems   what was refused on the way and which overlay entries have no effect, a line each
    since      revision of the base before that this one shares everything with but the lists; 0: none
    relisted   of which hosts these say something else
    knowledge  of ways around the filter; None where the base holds none
    """

    policy: Policy
    settings: Settings
    identities: Identities
    problems: tuple[str, ...] = ()
    since: int = 0
    relisted: Relisted = NOTHING
    knowledge: Knowledge | None = None


@dataclass(frozen=True, slots=True)
class StoredOverlay:
    """An overlay as published, all entries, under its revision; revision 0 is "none yet"."""

    revision: int = 0
    overlay: Overlay = field(default_factory=Overlay)


def load_current(state: Path) -> LoadedBundle:
    """Load what is in force.

    Raises NothingPublished when no base was ever published, and BundleRefused when none verifies.
    """
    layout = Layout(state)
    problems: list[str] = []
    base = newest_good(layout, Part.BASE, read_base, problems)
    if base is None:
        if not problems:
            raise NothingPublished("bundle", "nothing is published yet; run `schoolgate publish`")
        raise BundleRefused("bundle", "no published base verifies: " + "; ".join(problems))
    stored = newest_good(layout, Part.OVERLAY, read_overlay, problems) or StoredOverlay()
    return assemble(base, stored, problems)


def newest_good[T](
    layout: Layout, part: Part, read: Callable[[Layout, int], T], problems: list[str]
) -> T | None:
    """Read the revision in force or else the newest older one that verifies.

    problems    gets a line for each revision that was refused

    None when there is none.
    """
    current = layout.current(part)
    for revision in layout.revisions(part):
        if current is not None and revision > current:
            continue
        try:
            found = read(layout, revision)
        except BundleRefused as refusal:
            problems.append(str(refusal))
            continue
        if revision != current:
            problems.append(f"{part.value} revision {revision} stays in force instead of {current or 'none'}")
        return found
    return None


def read_overlay(layout: Layout, revision: int) -> StoredOverlay:
    """Read and check one published overlay. Raises BundleRefused."""
    where = layout.name(Part.OVERLAY, revision)
    try:
        body = unseal(layout.path(Part.OVERLAY, revision).read_bytes(), revision)
        return StoredOverlay(revision, from_data(body))
    except OSError as error:
        raise BundleRefused(where, f"cannot be read: {error.strerror}") from error
    except (EnvelopeProblem, OverlayProblem) as error:
        raise BundleRefused(where, str(error)) from error


def assemble(base: Base, stored: StoredOverlay, problems: list[str]) -> LoadedBundle:
    """Put an overlay on a base. Cheap: nothing of the base is read again."""
    applied = effective(stored.overlay, base.policy.categories)
    policy = replace(
        base.policy,
        overlay=stored.revision,
        overrides=applied.overrides,
        corrections=applied.corrections,
        permits=applied.permits,
    )
    known = base.knowledge.techniques if base.knowledge is not None else ()
    notes = misfits(stored.overlay, policy, base.identities.directory, known)
    found = (*problems, *notes)
    return LoadedBundle(policy, base.settings, base.identities, found, knowledge=base.knowledge)
