"""Which letters are sent now, and what becomes of those that are not taken?

The mail server takes a letter, and then the database is told. Whoever is killed between the two sends it
once more at the next start, with the same Message-ID, by which mail programs know it again. None is lost.
"""

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from django.db.models import Q

from proxy import metrics
from proxy.console.people.models import Person
from proxy.console.post.models import Letter
from proxy.console.post.server import (
    Connection,
    LetterDelayed,
    LetterRefused,
    MailServer,
    PostError,
    ServerProblem,
    connected,
)
from proxy.console.site.config import config

log = logging.getLogger("schoolgate.console")

BATCH = 50
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""How long a letter waits after each try; after the one that follows the last, it is given up (four days)."""

WAITING = Q(sent_at__isnull=True, given_up_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did.

    problem   why the round ended early; "" when it did not
    """

    sent: int = 0
    delayed: int = 0
    given_up: int = 0
    problem: str = ""


def deliver(at: datetime, server: MailServer | None) -> Delivered:
    """Send the letters that are due, longest waiting first, a batch of them; say what came of it.

    server   None: no mail server is set; letters wait

    Never raises for anything that a mail server does.
    """
    due = Letter.objects.filter(WAITING, not_before__lte=at).order_by("not_before", "id")
    batch = list(due[:BATCH])
    if not batch or server is None:
        return Delivered()
    done = Delivered()
    reached = False
    letter = batch[0]
    try:
        with connected(server) as connection:
            reached = True
            for letter in batch:
                done = _one(connection, server, letter, at, done)
    except ServerProblem as problem:
        # Not reached: all wait. Broken off: the one in hand may be why, and others go next time.
        for late in [letter] if reached else due:
            done = _put_off(late, problem, at, done)
        return replace(done, problem=str(problem))
    return done


def _one(
    connection: Connection, server: MailServer, letter: Letter, at: datetime, done: Delivered
) -> Delivered:
    try:
        _address(letter, at)
        connection.hand_over(message_of(letter, server.sender), letter.to)
    except LetterDelayed as problem:
        return _put_off(letter, problem, at, done)
    except LetterRefused as problem:
        return _give_up(letter, problem, at, done)
    _note(letter, tries=letter.tries + 1, sent_at=at, problem="")
    metrics.LETTERS.inc("sent")
    return replace(done, sent=done.sent + 1)


def _address(letter: Letter, at: datetime) -> None:
    """Address a letter as its person has it now. Raises LetterRefused for who may use the console no more."""
    _cause, part, key = letter.key.rpartition("/")
    person = Person.objects.filter(pk=int(key)).first() if part and key.isdecimal() else None
    if person is None:
        return
    if not person.may_use(at.astimezone(config().zone).date()):
        raise LetterRefused("the account can be used no more")
    if person.email and person.email != letter.to:
        letter.to = person.email
        _note(letter, to=letter.to)


def _put_off(letter: Letter, problem: PostError, at: datetime, done: Delivered) -> Delivered:
    if letter.tries >= len(WAITS):
        return _give_up(letter, problem, at, done)
    _note(letter, tries=letter.tries + 1, not_before=at + WAITS[letter.tries], problem=str(problem))
    metrics.LETTERS.inc("delayed")
    return replace(done, delayed=done.delayed + 1)


def _give_up(letter: Letter, problem: PostError, at: datetime, done: Delivered) -> Delivered:
    _note(letter, tries=letter.tries + 1, given_up_at=at, problem=str(problem))
    metrics.LETTERS.inc("given_up")
    log.warning("letter %d is given up after %d tries: %s", letter.pk, letter.tries + 1, problem)
    return replace(done, given_up=done.given_up + 1)


def _note(letter: Letter, **what: object) -> None:
    Letter.objects.filter(WAITING, pk=letter.pk).update(**what)


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The mail: plain text first, HTML as the alternative. Raises LetterRefused for an unusable address."""
    message = EmailMessage()
    digest = hashlib.sha256(letter.key.encode()).hexdigest()[:24]
    try:
        message["From"] = sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.queued_at)
        message["Message-ID"] = f"<letter-{letter.pk}-{digest}@{_domain(sender)}>"
        # Nobody's absence note shall answer (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
    except ValueError as error:
        raise LetterRefused("the address cannot be used in a mail") from error
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language
    return message


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip(" >") or "localhost"
