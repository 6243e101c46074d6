"""What was done? One record an act, each chained to the one before it by a hash."""

from typing import ClassVar

from django.db import models


class AuditRecord(models.Model):
    """One act. The database refuses to change or delete it (triggers in this app's migrations).

    number     1, 2, 3 ... without a gap; given by `append`, never by the database
    at         when it was done
    actor      `person:17`, `cli:root`, `timers`
    action     dotted, such as `case.deny`, `login.failed`, `overlay.publish`
    about      what it concerns, such as `case:4711`; ids, never names of children
    detail     JSON object with sorted keys
    previous   SHA-256 of the record before, hexadecimal; 64 zeros for the first
    hash       SHA-256 over all of the above; see `proxy.console.audit.chain`
    """

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True)
    detail = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["about", "number"]),
            models.Index(fields=["action", "number"]),
            models.Index(fields=["actor", "number"]),
        ]


class AuditHead(models.Model):
    """The one row that appending locks, so that records get their numbers one after the other.

    A trigger moves it to each new record; nothing else can.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
