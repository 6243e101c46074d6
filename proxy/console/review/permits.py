"""Which permits of the overlay do innocent incidents make?

The overlay names who is permitted by roster ids, and whoever looks after the gateways can read it. So nothing
in it leads to an incident: whom one is about, only those learn who may ask, and that is recorded.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from proxy.bundle.overlay import Overlay, OverlayProblem, from_data, to_data
from proxy.console.review.permitted import Permitted
from proxy.decision.audience import Audience
from proxy.decision.permits import GivenPermit

log = logging.getLogger("schoolgate.console")

_OURS = re.compile(r"console-permit-[0-9]+")
_REASON = "a decision of the school"
_KINDS = ("subjects", "classes", "grades", "groups", "schools", "within")


def holding(at: datetime) -> QuerySet[Permitted]:
    """Permits that are in force at a moment: not taken back, their end not come."""
    return Permitted.objects.filter(ends__gt=at, revoked_at__isnull=True)


def permits(at: datetime) -> tuple[GivenPermit, ...]:
    """The entries for all permits that hold.

    One that no gateway would load is said and left out, so that it keeps no other one out.
    """
    found = (permit_of(row) for row in holding(at).order_by("id"))
    return tuple(permit for permit in found if _loads(permit))


def others(overlay: Overlay) -> Iterator[GivenPermit]:
    """The permits of an overlay that are none of the console's."""
    return (permit for permit in overlay.permits if not is_ours(permit.id))


def is_ours(id_: str) -> bool:
    """Whether a permit with this id is the console's: `console-permit-<permit>`."""
    return _OURS.fullmatch(id_) is not None


def permit_of(row: Permitted) -> GivenPermit:
    """A permit as the decision knows it."""
    return GivenPermit(
        id=row.overlay_id,
        technique=row.technique,
        decided_by=row.decided_by,
        reason=_REASON,
        hosts=frozenset({row.host}),
        ends=row.ends,
        audience=Audience(**{kind: frozenset(row.audience.get(kind, ())) for kind in _KINDS}),
    )


def _loads(permit: GivenPermit) -> bool:
    try:
        from_data(to_data(Overlay(permits=(permit,))))
    except OverlayProblem as problem:
        log.error("permit %s is left out of the overlay: %s", permit.id, problem)
        return False
    return True
