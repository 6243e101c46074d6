"""What has to be done when its time has come, and how often is it looked for?"""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore

from proxy.console.audit.checking import check_if_asked
from proxy.console.audit.head import write_head
from proxy.console.audit.importing import import_published
from proxy.console.incidents import forgetting
from proxy.console.incidents.reading import Reader
from proxy.console.incidents.reminding import remind
from proxy.console.people.roster import import_roster
from proxy.console.post import calls
from proxy.console.post.backlog import forget
from proxy.console.post.deliver import deliver
from proxy.console.post.server import server_of
from proxy.console.post.webhook import webhook_of
from proxy.console.review import clockwork
from proxy.console.site.config import config
from proxy.console.timers.gauges import gauge
from proxy.console.timers.overlay import Notes, OverlayKept
from proxy.console.timers.rounds import Chore
from proxy.console.timers.said import Said
from proxy.journal.shipping import Shipper

type Lanes = Mapping[str, tuple[Chore, ...]]


def lanes() -> Lanes:
    """All chores of a process. Those of one lane wait for each other; a lane waits for no other.

    What must be quick, and what may hang (a mail server, a disk full of events), have lanes of their own.
    """
    return {
        # What was decided is in force; what somebody else wrote over is put back.
        "overlay": (Chore("overlay", 2, OverlayKept().keep), Chore("notes", 10, Notes().take)),
        "cases": (
            Chore("ends", 5, clockwork.expire),
            Chore("overdue", 10, clockwork.escalate),
            Chore("reminders", 10, clockwork.remind),
            Chore("appeal_times", 60, clockwork.close_unappealed),
            Chore("yearly_reviews", 600, clockwork.yearly_reviews),
            Chore("gauges", 10, gauge),
        ),
        # Reads the journal: a disk that hangs keeps nothing else waiting.
        "incidents": (Chore("incidents", 5, Reader().read), Chore("incident_reminders", 60, remind)),
        # The school's own system may hang as a mail server may.
        "webhook": (Chore("webhook", 2, _call),),
        "letters": (Chore("letters", 2, lambda at: deliver(at, server_of(config().console.mail))),),
        # Publications by the command line come into the record, and its head goes to the gateway's side,
        # so that a cut tail is found.
        "record": (Chore("published", 10, _Published().take_over), Chore("record_head", 20, _head)),
        # A long record takes minutes to check; its head is written every minute all the same.
        "checks": (Chore("checks", 5, lambda at: check_if_asked(config(), at)),),
        "files": (
            Chore("roster", 3600, _Roster().take_over),
            Chore("events", 60, _Events().ship),
            Chore("tidying", 3600, _tidy),
        ),
    }


def _head(at: datetime) -> None:
    write_head(config().state, at)


def _call(at: datetime) -> None:
    calls.call(at, webhook_of(config().settings.incidents.webhook))


def _tidy(at: datetime) -> None:
    """Forget what was said long ago, incidents whose time has passed, and sessions that are over."""
    forget(at)
    calls.forget(at)
    SessionStore.clear_expired()
    forgetting.forget(at)


class _Published:
    def __init__(self) -> None:
        self._said = Said("the publish log", logging.ERROR)

    def take_over(self, at: datetime) -> None:
        faults = import_published(config().state, at).faults
        if faults:  # each is found once; the record keeps it
            self._said.now(faults)


class _Roster:
    def __init__(self) -> None:
        self._said = Said("roster")

    def take_over(self, at: datetime) -> None:
        self._said.now(import_roster(config(), at).problems)


class _Events:
    def __init__(self) -> None:
        self._shipper = Shipper(config().state)
        self._said = Said("events")

    def ship(self, at: datetime) -> None:
        shipped = self._shipper.ship(at)
        self._said.now((*shipped.failed, *shipped.left))
