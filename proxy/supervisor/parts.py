"""Which processes does a gateway consist of?"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from proxy.settings.schema import Settings
from proxy.supervisor.child import Part

CONSOLE_PARTS = ("console", "timers")
PYTHON = (sys.executable, "-m", "proxy")


def workers(configured: int) -> int:
    """Number of workers for a setting; 0 means one for each core this process may use."""
    return configured or len(os.sched_getaffinity(0))


def parts_of(
    settings: Settings, config: Path, listening_fd: int, also_trust: Sequence[Path] = ()
) -> list[Part]:
    """Name the resolver and proxy workers.

    listening_fd    the explicit proxy's listening socket, which all proxy workers share
    also_trust      PEM files with further authorities for web sites
    """
    parts = [
        Part(f"dns-{number}", (*PYTHON, "dns", "--config", str(config), "--worker", str(number)))
        for number in range(workers(settings.gateway.workers_dns))
    ]
    trust = tuple(word for path in also_trust for word in ("--also-trust", str(path)))
    for number in range(workers(settings.gateway.workers_http)):
        argv = (*PYTHON, "http", "--config", str(config), "--worker", str(number), *trust)
        parts.append(Part(f"http-{number}", (*argv, "--listen-fd", str(listening_fd)), (listening_fd,)))
    return parts


def console_parts(settings: Settings, config: Path, *, demo: bool = False) -> list[Part]:
    """Name the console's processes; none when the settings have no console, or it is another gateway's.

    The filter does not wait for them and does not need them.
    """
    if settings.console is None or settings.console.gateway not in (None, settings.gateway.name):
        return []
    words = ("--config", str(config), *(("--demo",) if demo else ()))
    return [Part(name, (*PYTHON, name, *words), filters=False) for name in CONSOLE_PARTS]


def packet_parts(settings: Settings, config: Path) -> list[Part]:
    """Name the process that records what the packet filter refused; none when the settings have no `packets`.

    The filter does not wait for it and does not need it.
    """
    if settings.packets is None:
        return []
    argv = (*PYTHON, "packets", "watch", "--config", str(config), "--stay")
    return [Part("packets", argv, filters=False)]
