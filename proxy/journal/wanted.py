"""Which events are asked for, and which of a frame's are among them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proxy.decision.names import covers
from proxy.decision.verdict import Action
from proxy.journal.codec import CodecError, Constants, unpack_tag, unpack_template
from proxy.journal.event import Event, microseconds, moment
from proxy.journal.frames import Columns, Header, unpack_events
from proxy.journal.ids import event_id
from proxy.journal.kept_signs import show
from proxy.journal.segments import Placed, read_payload

_NEVER = 1 << 64
LAST_US = microseconds(datetime.max.replace(tzinfo=moment(0).tzinfo))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for; what is None is not asked about.

    since, until   aware; from `since` on, and before `until`
    host           canonical; it and everything below it
    ticket         the 8-character code in its canonical spelling
    subject        a pseudonym
    client         an IP address in canonical spelling
    technique      of any of an event's signs: itself, or the first parts of its name
    signed         only events with signs
    """

    since: datetime | None = None
    until: datetime | None = None
    host: str | None = None
    group: str | None = None
    ticket: str | None = None
    action: Action | None = None
    subject: str | None = None
    client: str | None = None
    technique: str | None = None
    signed: bool = False

    @property
    def begin_us(self) -> int:
        """First microsecond asked for."""
        return microseconds(self.since) if self.since else 0

    @property
    def end_us(self) -> int:
        """First microsecond no longer asked for."""
        return microseconds(self.until) if self.until else _NEVER

    def may_lie_in(self, header: Header) -> bool:
        """Say whether a frame, or a segment summed up, can hold a wanted event."""
        in_time = header.first_us < self.end_us and header.last_us >= self.begin_us
        return in_time and (self.ticket is None or header.tickets > 0)

    def takes(self, constants: Constants) -> bool:
        """Say whether events with these constant parts are asked for."""
        return (
            (self.host is None or covers(self.host, constants.host))
            and self.group in (None, constants.group)
            and self.ticket in (None, constants.ticket)
            and self.action in (None, constants.action)
            and (self.technique is None or show(constants.signs, self.technique))
            and (not self.signed or constants.signs != "")
        )

    def takes_client(self, client: str, subject: str) -> bool:
        """Say whether events of this client are asked for."""
        return self.subject in (None, subject) and self.client in (None, client)


def events_in(fd: int, frame: Placed, wanted: Wanted) -> list[Event]:
    """The wanted events of one frame of an open segment, by time.

    Raises FrameBad when the frame's payload does not verify. An event of a version that this
    program does not know is left out.
    """
    columns = unpack_events(frame.header, read_payload(fd, frame))
    found = _events(columns, frame.header.boot, wanted)
    return sorted(found, key=lambda event: (event.time, event.id))


def _events(columns: Columns, boot: int, wanted: Wanted) -> Iterator[Event]:
    begin, end = wanted.begin_us, min(wanted.end_us, LAST_US)
    templates = [_constants(blob, wanted) for blob in columns.templates]
    clients = [_client(blob, wanted) for blob in columns.tags]
    for sequence, time_us, duration_us, tag, template in zip(
        columns.sequences,
        columns.times_us,
        columns.durations_us,
        columns.tag_of,
        columns.template_of,
        strict=True,
    ):
        constants, client = templates[template], clients[tag]
        if constants is not None and client is not None and begin <= time_us < end:
            id_ = event_id(time_us, boot, sequence)
            yield _event(columns, constants, client, id_, time_us, duration_us)


def _constants(blob: bytes, wanted: Wanted) -> Constants | None:
    try:
        constants = unpack_template(blob)
    except CodecError:
        return None
    return constants if wanted.takes(constants) else None


def _client(blob: bytes, wanted: Wanted) -> tuple[str, str] | None:
    try:
        client, subject = unpack_tag(blob)
    except CodecError:
        return None
    return (client, subject) if wanted.takes_client(client, subject) else None


def _event(
    columns: Columns, constants: Constants, client: tuple[str, str], id_: str, time_us: int, duration_us: int
) -> Event:
    return Event(
        id=id_,
        time=moment(time_us),
        gateway=columns.gateway,
        worker=columns.worker,
        stage=constants.stage,
        client=client[0],
        subject=client[1],
        group=constants.group,
        host=constants.host,
        url=constants.url,
        referring_host=constants.referring_host,
        method=constants.method,
        category=constants.category,
        action=constants.action,
        reason=constants.reason,
        list_id=constants.list_id,
        rule=constants.rule,
        base=constants.base,
        overlay=constants.overlay,
        ticket=constants.ticket,
        bytes=constants.bytes,
        duration_us=duration_us,
        handling=constants.handling,
        signs=constants.signs,
    )
