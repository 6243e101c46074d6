"""Which recorded events go, because their time has passed or there is no room, and what is said of it?"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from proxy.journal.bounding import make_room
from proxy.journal.retention import expire, expire_archived
from proxy.settings.schema.records import JournalSettings

log = logging.getLogger(__name__)


def keep_house(state: Path, settings: JournalSettings, now: datetime) -> None:
    """Delete what is past its time, from spool and archive, and what of the archive is more than the bound.

    Says what could not be deleted, and what went before its time; raises nothing for a disk's sake.
    """
    before = now - timedelta(days=settings.retention_days)
    for way, place in ((expire, "spool"), (expire_archived, "archive")):
        try:
            for failed in way(state / place, before).failed:
                log.error("old events could not be deleted: %s", failed)
        except OSError as error:
            log.error("old events could not be deleted: %s", error)
    try:
        gone = make_room(state, settings.max_bytes)
    except OSError as error:
        log.error("the archive of events could not be kept to its size: %s", error)
        return
    if gone.events:
        log.error(
            "all events together reached their bound of %d bytes: the oldest %d of the archive were deleted "
            "before their time; raise journal.max_bytes or lower journal.retention_days.",
            settings.max_bytes,
            gone.events,
        )
