"""What is kept of one judged attempt? An event, made here from a request and its verdict."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from proxy.decision.policy import LogLevel
from proxy.decision.request import Request, Stage
from proxy.decision.values import quickly_made
from proxy.decision.verdict import Action, Handling, Reason, Verdict
from proxy.journal.kept_signs import kept_signs
from proxy.journal.redact import kept_url

VERSION = 1
MAX_METHOD_CHARS = 32
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@quickly_made
@dataclass(frozen=True, slots=True)
class Event:
    """One judged attempt, version 1.

    id               see ids.event_id; "" until the spool has taken the event
    time             aware, UTC, to the microsecond
    gateway, worker  who judged; set by the spool
    client           the peer's IP address
    subject          pseudonym of the roster id (see pseudonym.Pseudonyms), or ""
    url              "" unless the group's level asks for it; without credentials (see redact)
    referring_host   host of the Referer field, or ""
    method           HTTP method or DNS question type
    list_id, rule    what the verdict rests on, or ""
    base, overlay    revisions of the policy that decided
    ticket           the 8-character code that the block page showed, or ""
    bytes            of the answer's body or of the tunnel, both directions
    duration_us      from the attempt to its end, in microseconds
    signs            what detectors saw in it (see kept_signs), or ""
    """

    time: datetime
    stage: Stage
    client: str
    group: str
    host: str
    action: Action
    reason: Reason
    id: str = ""
    gateway: str = ""
    worker: str = ""
    subject: str = ""
    url: str = ""
    referring_host: str = ""
    method: str = ""
    category: str = ""
    list_id: str = ""
    rule: str = ""
    base: int = 0
    overlay: int = 0
    ticket: str = ""
    bytes: int = 0
    duration_us: int = 0
    handling: Handling = Handling.INSPECT
    signs: str = ""


def is_kept(level: LogLevel, verdict: Verdict) -> bool:
    """Say whether a group's log level asks for an event of this verdict at all."""
    if level is not LogLevel.BLOCKED:
        return True
    return verdict.action is Action.BLOCK or verdict.reason is Reason.LOGGED_CATEGORY


def is_in_full(level: LogLevel, verdict: Verdict) -> bool:
    """Say whether the URL is kept in an event that a group's log level asks for."""
    return level is LogLevel.FULL or (level is LogLevel.BLOCKED and verdict.action is Action.BLOCK)


def event_from(
    request: Request,
    verdict: Verdict,
    level: LogLevel,
    pseudonym: str,
    *,
    ticket: str = "",
    bytes_: int = 0,
    duration_us: int = 0,
) -> Event | None:
    """Make the event that a group's log level asks for, or None when it asks for none.

    pseudonym   of `request.subject.id`; "" for an unidentified client

    FULL keeps the URL. HOSTS keeps everything but the URL. BLOCKED keeps blocked attempts in full
    and, without their URL, those that a log-only rule names; nothing else. Where the URL is not kept, no
    part of it is kept in the evidence of signs either.
    """
    if not is_kept(level, verdict):
        return None
    attempt, evidence = request.attempt, verdict.evidence
    in_full = is_in_full(level, verdict)
    return Event(
        time=request.at.astimezone(UTC),
        stage=attempt.stage,
        client=attempt.client,
        subject=pseudonym,
        group=request.subject.group,
        host=attempt.host,
        url=kept_url(attempt.url) if in_full and attempt.url is not None else "",
        referring_host=attempt.referring_host,
        method=attempt.method[:MAX_METHOD_CHARS],
        category=evidence.category,
        action=verdict.action,
        reason=verdict.reason,
        list_id=evidence.list_id,
        rule=evidence.rule,
        base=verdict.base,
        overlay=verdict.overlay,
        ticket=ticket,
        bytes=bytes_,
        duration_us=duration_us,
        handling=verdict.handling,
        signs=kept_signs(attempt.signs, with_url=in_full) if attempt.signs else "",
    )


def microseconds(at: datetime) -> int:
    """Say how many microseconds since 1970 an aware moment is."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(time_us: int) -> datetime:
    """The moment, in UTC, that lies so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=time_us)


def as_json(event: Event) -> dict[str, object]:
    """Spell an event for a program: plain values, the time in ISO 8601 and UTC, `v` for the version."""
    return {
        "v": VERSION,
        "id": event.id,
        "time": event.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "gateway": event.gateway,
        "worker": event.worker,
        "stage": event.stage.value,
        "client": event.client,
        "subject": event.subject,
        "group": event.group,
        "host": event.host,
        "url": event.url,
        "referring_host": event.referring_host,
        "method": event.method,
        "category": event.category,
        "action": event.action.value,
        "reason": event.reason.value,
        "list": event.list_id,
        "rule": event.rule,
        "base": event.base,
        "overlay": event.overlay,
        "ticket": event.ticket,
        "bytes": event.bytes,
        "duration_us": event.duration_us,
        "handling": event.handling.value,
        "signs": event.signs,
    }
