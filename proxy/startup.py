"""With which settings does a process start when the settings on disk may be broken?

A process starts with the settings as they are written; when they do not check, with those of the
last good bundle, so that a slip of the pen before a restart does not take the filter down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from proxy.bundle.errors import BundleRefused
from proxy.bundle.load import load_current
from proxy.settings.loading import load
from proxy.settings.positions import read_document
from proxy.settings.problem import Problem
from proxy.settings.schema import Settings
from proxy.settings.schema.gateway import GatewaySettings
from proxy.settings.tree import plain


@dataclass(frozen=True, slots=True)
class Start:
    """What a process starts from.

    settings     None when neither the files nor a bundle gave any
    state        the gateway's state directory
    problems     what is wrong with the settings as they are written
    from_bundle  whether `settings` are those of the last good bundle
    """

    settings: Settings | None
    state: Path
    problems: tuple[Problem, ...] = ()
    from_bundle: bool = False


def starting(config: Path) -> Start:
    """Read the settings in a directory, or fall back to the last good bundle's."""
    loaded = load(config)
    if loaded.settings is not None:
        return Start(loaded.settings, loaded.settings.gateway.state)
    state = written_state(config)
    try:
        return Start(load_current(state).settings, state, loaded.problems, from_bundle=True)
    except BundleRefused:
        return Start(None, state, loaded.problems)


def written_state(config: Path) -> Path:
    """Find the state directory in settings that do not check, by reading nothing else of them."""
    for file in sorted(config.glob("*.y*ml")):
        try:
            root = read_document(file.read_bytes(), str(file)).root
        except OSError:
            continue
        written = plain(root) if root is not None else None
        gateway = written.get("gateway") if isinstance(written, Mapping) else None
        state = gateway.get("state") if isinstance(gateway, Mapping) else None
        if isinstance(state, str):
            return (config / state).resolve()
    return (config / GatewaySettings().state).resolve()
