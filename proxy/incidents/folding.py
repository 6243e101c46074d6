"""What is one act? A page's hundred parts, and a program that tries again and again, are one."""

from datetime import datetime, timedelta

from proxy.bypass.spelling.hosts import registrable
from proxy.decision.names import covers

LONGEST = timedelta(hours=24)
"""An act goes on no longer: what is still there a day later is done anew."""


def site_of(host: str) -> str:
    """What acts are told apart by: the name that somebody registered, or the address."""
    return registrable(host) or host


def goes_on(first: datetime, last: datetime, at: datetime, window: timedelta) -> bool:
    """Say whether what was seen at a moment belongs to an act that was seen from `first` to `last`.

    window   how long nothing may be seen of it in between
    """
    begin, end = min(first, at), max(last, at)
    return first - window <= at <= last + window and end - begin <= LONGEST


def is_below(name: str, site: str) -> bool:
    """Say whether a canonical name or address is a site, or lies below it."""
    return bool(name) and covers(site, name)
