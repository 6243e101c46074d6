"""Which duties are there, and which go together?"""

from collections.abc import Collection
from enum import Enum


class DutyKind(Enum):
    """What a person may be charged with, for one school or for all; students and teachers have none by that.

    The values stand in the database and in duties.csv.
    """

    REVIEWER = "reviewer"
    TECHNICAL_REVIEWER = "technical_reviewer"
    APPEAL_OFFICER = "appeal_officer"
    TECHNICIAN = "technician"
    COUNSELOR = "counselor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SAFEGUARDING = "safeguarding"


class Source(Enum):
    """Where a duty comes from. Each source ends only what it gave."""

    CONSOLE = "console"
    FILE = "file"
    OIDC = "oidc"
    DEMO = "demo"


ALONE = frozenset({DutyKind.AUDITOR})
"""Duties that go with no other: whoever reads everything changes nothing (S87)."""


def clash(kinds: Collection[DutyKind]) -> str | None:
    """Say why some duties cannot be one person's at the same time; None when they can."""
    if len(set(kinds)) > 1 and not ALONE.isdisjoint(kinds):
        return "an auditor reads everything and changes nothing, and so has no other duty at the same time"
    return None
