"""Does the database guard what it must after an update, and who is to know if it did not before?

A guard that is as it was laid and not as this version has it is renewed, and the record says so. One that is
gone, or is not as it was laid, was lost: those of people and requests are laid again, which the record and
the log say; those of the record itself by `schoolgate audit guard` alone, and `verify` says meanwhile that
they are gone.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction

from proxy.console.audit import actors, laid, triggers
from proxy.console.audit import guards as of_the_record
from proxy.console.audit.append import append
from proxy.console.audit.laid import Before, before_update
from proxy.console.audit.triggers import Guard

__all__ = ["Before", "before_update", "guard"]
log = logging.getLogger(__name__)


def guard(before: Before, at: datetime) -> None:
    """Lay what is missing, and record it. The tables are up to date.

    before   what there was before they were brought up to date
    """
    wanted = triggers.digests(connection.vendor, triggers.of_all_apps)
    by_hand = of_the_record.rules(connection.vendor)
    missing = triggers.missing(connection, triggers.of_all_apps)
    lost = {*missing} if before.recorded is None else before.lost
    lost_here = sorted(lost - by_hand.keys())
    renewed = sorted({*missing} - lost)
    outdated = sorted((before.recorded or {}).keys() - wanted.keys() - lost)
    if not lost_here and before.recorded == wanted and not renewed:
        return
    with transaction.atomic():
        _lay({*missing} - (lost & by_hand.keys()), outdated)
        if lost_here:
            append(laid.LAID, actor=actors.CONSOLE, detail=laid.told(missing=lost_here), at=at)
        else:
            detail = laid.told(renewed=renewed, dropped=outdated)
            append(laid.INSTALLED, actor=actors.CONSOLE, detail=detail, at=at)
    if lost_here:
        log.error(
            "the database had lost what guards requests and people, and has it again: %s",
            ", ".join(lost_here),
        )
    if renewed or outdated:
        log.info("this version guards otherwise: %d guards renewed, %d dropped", len(renewed), len(outdated))


def _lay(names: Collection[str], outdated: Collection[str]) -> None:
    """Lay guards of these names, and take the others away."""

    def rules(vendor: str) -> Mapping[str, Guard]:
        return {name: one for name, one in triggers.of_all_apps(vendor).items() if name in names}

    triggers.drop(connection, {*names, *outdated})  # an earlier version may have had one on another table
    triggers.lay(connection, rules)
