"""Which rules follow from a folder of settings? Those that `publish` would put in force.

The overlay that is in force now is laid on them. Nothing is put in force, and nothing is left behind.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from proxy.bundle.content import read_base
from proxy.bundle.errors import PublishRefused
from proxy.bundle.layout import Layout, Part
from proxy.bundle.load import LoadedBundle, StoredOverlay, assemble, newest_good, read_overlay
from proxy.bundle.publish import publish_base
from proxy.decision.request import Subject
from proxy.lists.compile import OnProgress
from proxy.lists.selection import COPIES
from proxy.replay.errors import NoRules
from proxy.replay.rows import Who
from proxy.settings.loading import load
from proxy.settings.schema import Settings


def compiled(directory: Path, on_progress: OnProgress) -> LoadedBundle:
    """Load and compile a folder of settings in a directory of its own, which is gone afterwards.

    Raises NoRules with everything that is wrong.
    """
    loaded = load(directory)
    if loaded.settings is None:
        raise NoRules(tuple(str(problem) for problem in loaded.problems))
    try:
        return _compiled(loaded.settings, on_progress)
    except PublishRefused as refused:
        raise NoRules(tuple(str(problem) for problem in refused.problems)) from refused


def _compiled(settings: Settings, on_progress: OnProgress) -> LoadedBundle:
    state, said = settings.gateway.state, list[str]()
    with tempfile.TemporaryDirectory(prefix="schoolgate-replay-") as name:
        apart = Path(name)
        (apart / COPIES).symlink_to(state / COPIES)  # lists that were fetched for the gateway itself
        publish_base(settings, apart, say=said.append, on_progress=on_progress)
        problems = [line for line in said if " is left out: " in line]
        base = newest_good(Layout(apart), Part.BASE, read_base, problems)
    if base is None:
        raise NoRules(tuple(problems))
    stored = newest_good(Layout(state), Part.OVERLAY, read_overlay, problems) or StoredOverlay()
    return assemble(base, stored, problems)


def groups_of(bundle: LoadedBundle) -> tuple[str, ...]:
    """Ids of the policy's groups."""
    return tuple(sorted(id_ for id_, scope in bundle.policy.scopes.items() if scope.kind == "group"))


def subjects(bundle: LoadedBundle, group: str) -> Callable[[Who], Subject]:
    """Say who stands for a recorded client: a group, a person or a device given by name for all of them; else
    the group that is called like its role; else whoever its address belongs to; else the strictest group.

    Raises NoRules when there is no such group.
    """
    everybody = bundle.identities.named(group) if group else None
    if group and everybody is None:
        known = ", ".join(groups_of(bundle))
        raise NoRules((f"there is no group, person or device '{group}'. Groups: {known}",))
    named = {id_: bundle.identities.named(id_) for id_ in groups_of(bundle)}

    def subject_of(who: Who) -> Subject:
        if everybody is not None:
            return everybody
        by_role = named.get(who.role)
        if by_role is not None:
            return by_role
        if who.address:
            return bundle.identities.subject(who.address)
        return bundle.identities.strictest()

    return subject_of
