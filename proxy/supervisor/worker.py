"""What has every worker of a gateway beside its own work? An event file and an administration port."""

import logging
from pathlib import Path

from proxy import admin
from proxy.gateway import Gateway
from proxy.journal.spool import Spool
from proxy.settings.schema import Settings
from proxy.supervisor.parts import workers

log = logging.getLogger(__name__)


def share_of_events(settings: Settings) -> int:
    """Return how many bytes of events one worker may keep: its share of all, and at least one file."""
    sharers = workers(settings.gateway.workers_dns) + workers(settings.gateway.workers_http)
    return max(settings.journal.max_bytes // sharers, settings.journal.segment_bytes)


def spool_of(state: Path, settings: Settings, name: str) -> Spool:
    """Open a worker's event file.

    name    the worker's, such as `dns-0`
    """
    journal = settings.journal
    return Spool(
        state / "spool",
        worker=name,
        gateway=settings.gateway.name,
        sync_ms=journal.sync_ms,
        max_bytes=share_of_events(settings),
        segment_bytes=journal.segment_bytes,
    )


async def administration(settings: Settings, place: int, gateway: Gateway) -> admin.Admin | None:
    """Serve metrics on the worker's port; None, and the work goes on without it, when that cannot be had.

    place    the worker's among all workers, resolvers first; the supervisor's port stands before them
    """
    listen = settings.gateway.admin_listen
    port = listen.port + 1 + place if listen.port else 0
    try:
        return await admin.serve(listen.host, port, gateway.readiness)
    except OSError as error:
        log.error("metrics are not served: %s port %d: %s", listen.host, port, error.strerror)
        return None
