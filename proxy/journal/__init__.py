"""What was judged, kept for as long as the school's settings say."""

from proxy.journal.codec import ClientTag, Template, client_tag
from proxy.journal.event import Event, as_json, event_from, microseconds, moment
from proxy.journal.follow import Follower
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.read import Journal, Losses
from proxy.journal.retention import Expired, expire
from proxy.journal.spool import Spool
from proxy.journal.wanted import Wanted

__all__ = [
    "ClientTag",
    "Event",
    "Expired",
    "Follower",
    "Journal",
    "Losses",
    "Pseudonyms",
    "Spool",
    "Template",
    "Wanted",
    "as_json",
    "client_tag",
    "event_from",
    "expire",
    "microseconds",
    "moment",
]
