"""Which guards has the database been given, as the record says, and has it still the same ones?

Whenever guards are laid, the record says what each of them is (a digest). So a guard that an update of the
console changes is told from one that somebody took away or changed: the first one is still what it was when
it was laid. Whoever can change a guard could change a table beside it, too; what they add to the record stays
there to be read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from proxy.console.audit import triggers
from proxy.console.audit.models import AuditRecord

INSTALLED, LAID, BY_HAND = "guards.installed", "guards.laid", "audit.guarded"
_ACTS = (INSTALLED, LAID, BY_HAND)


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before an update.

    recorded   digest of each guard that was laid; None: the record says nothing of it
    lost       names of those that are gone, off or changed since
    """

    recorded: Mapping[str, str] | None
    lost: frozenset[str] = frozenset()


def before_update() -> Before:
    """Look at the database before its tables are brought up to date."""
    if AuditRecord._meta.db_table not in connection.introspection.table_names():
        return Before(None)
    told = AuditRecord.objects.filter(action__in=_ACTS).order_by("-number")
    newest = told.values_list("detail", flat=True).first()
    recorded = json.loads(newest).get("guards") if newest is not None else None
    if recorded is None:
        return Before(None)
    there = triggers.there_are(connection)
    return Before(
        recorded, frozenset(name for name, digest in recorded.items() if (name, digest) not in there)
    )


def told(**more: Any) -> Mapping[str, Any]:
    """What the record says when guards were laid: `more`, and what each of them is."""
    return {**more, "guards": triggers.digests(connection.vendor, triggers.of_all_apps)}
