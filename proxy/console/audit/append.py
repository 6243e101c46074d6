"""How does an act get into the record?

In the transaction of the act itself: both are kept, or neither. Whoever appends holds the head's row until
that transaction ends, so that numbers have no gap and no two records follow the same one. It is therefore the
last thing that a transaction should do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction

from proxy.console.audit.chain import canonical, hash_of
from proxy.console.audit.models import AuditHead, AuditRecord

EMPTY: Mapping[str, Any] = {}


class NotInTransaction(RuntimeError):
    """A record was to be appended outside of `transaction.atomic()`: it could outlive an act that failed."""


def append(
    action: str,
    *,
    actor: str,
    about: str = "",
    detail: Mapping[str, Any] = EMPTY,
    at: datetime,
    using: str = DEFAULT_DB_ALIAS,
) -> AuditRecord:
    """Append one record and return it.

    action   dotted, such as `case.deny`
    actor    see `proxy.console.audit.actors`
    about    what it concerns, such as `case:4711`
    detail   what JSON knows; ids, no names of children, nothing secret
    at       aware

    Raises NotInTransaction, and ValueError for what does not fit a record.
    """
    if not transaction.get_connection(using).in_atomic_block:
        raise NotInTransaction(f"{action}: append only inside transaction.atomic()")
    if at.tzinfo is None:
        raise ValueError(f"{action}: {at} names no zone")
    for field, text, longest in (("action", action, 60), ("actor", actor, 200), ("about", about, 200)):
        _check(field, text, longest)
    head = AuditHead.objects.using(using).select_for_update().get(pk=1)
    record = AuditRecord(
        number=head.number + 1,
        at=at,
        actor=actor,
        action=action,
        about=about,
        detail=canonical(detail),
        previous=head.hash,
    )
    record.hash = hash_of(record)
    record.save(using=using, force_insert=True)
    return record


def _check(field: str, text: str, longest: int) -> None:
    if len(text) > longest or not text.isprintable() or (not text and field != "about"):
        raise ValueError(
            f"'{text[:80]!a}' cannot be the {field} of a record: printable, {longest} characters at most"
        )
