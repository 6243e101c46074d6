"""Which DNS questions stand in a capture, each with the answer that came to it?

A question waits for its answer for WAIT_S seconds of the capture, or until MAX_WAITING wait; questions come
out in the order in which they were asked. What is sent to port 53 and is no DNS comes as the beginning of a
connection, once for each pair of addresses and ports (MAX_ODD are remembered).
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from proxy.bypass.observed import MAX_FIRST, Opening, Question, Transport
from proxy.dns.errors import Malformed, NotAnswerable
from proxy.dns.messages import type_name
from proxy.dns.records import read_message
from proxy.dns.wire import HEADER_OCTETS, parse
from proxy.replay.errors import BrokenOff, NoRecording
from proxy.replay.formats.dns_row import MAX_ANSWERS, RCODES, host_asked_for
from proxy.replay.formats.frames import Segment, is_known_link, segment_in
from proxy.replay.formats.pcap import read_packets
from proxy.replay.formats.streams import Streams
from proxy.replay.formats.zone_text import name_text, record_text
from proxy.replay.rows import Complaint, Row, Told, Truth, Who

PORT = 53
WAIT_S = 10.0
MAX_WAITING = 4096
MAX_ODD = 4096

type _Key = tuple[str, int, str, int, bytes]


@dataclass(slots=True)
class _Waiting:
    """A question on its way, and whether its answer has come."""

    row: Row
    is_answered: bool = False


def read_capture(file: Path) -> Iterator[Told | Complaint]:
    """Read the DNS questions of a pcap or pcapng file.

    A place where the capture breaks off comes as a Complaint, after everything that was whole. Raises
    NoRecording for a file of another form, and for a capture of a kind of network that cannot be read.
    """
    waiting = _Questions()
    packets = read_packets(file)
    broken: Complaint | None = None
    while True:
        try:
            packet = next(packets, None)
        except BrokenOff as broke:
            broken = Complaint(0, "", str(broke), "what stood before that is answered")
            break
        if packet is None:
            break
        if not is_known_link(packet.link):
            raise NoRecording(
                f"{file} was taken on a link of type {packet.link}, which cannot be read; "
                "Ethernet, Linux cooked (`tcpdump -i any`), loopback and raw IP can"
            )
        segment = segment_in(packet.link, packet.octets)
        if segment is not None and PORT in (segment.source_port, segment.destination_port):
            waiting.take(segment, packet.number, packet.at)
        yield from waiting.ready(packet.at)
    yield from waiting.ready(float("inf"))
    if broken is not None:
        yield broken


class _Questions:
    """Questions of a capture, joined with their answers."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[_Key, _Waiting] = OrderedDict()
        self._odd: OrderedDict[tuple[str, int, str, int], None] = OrderedDict()
        self._streams = Streams()

    def take(self, segment: Segment, number: int, at: float) -> None:
        """Take one segment to or from port 53."""
        found = self._streams.messages(segment) if segment.is_tcp else [segment.payload]
        for message in found:
            is_answer = len(message) >= HEADER_OCTETS and message[2] & 0x80 and segment.source_port == PORT
            if is_answer:
                self._answer(segment, message)
            elif segment.destination_port == PORT and message:
                self._ask(segment, message, number, at)

    def ready(self, now: float) -> Iterator[Told]:
        """Yield, in order, the questions that are answered or have waited long enough."""
        while self._waiting:
            key, first = next(iter(self._waiting.items()))
            is_late = now - first.row.at > WAIT_S or len(self._waiting) > MAX_WAITING
            if not first.is_answered and not is_late:
                return
            del self._waiting[key]
            yield Told(first.row, Truth())

    def _ask(self, segment: Segment, message: bytes, number: int, at: float) -> None:
        try:
            asked = parse(message, segment.is_tcp)
        except NotAnswerable:
            return self._strange(segment, message, number, at, "it is no DNS message")
        except Malformed as error:
            return self._strange(segment, message, number, at, f"it is no sound DNS message: {error}")
        if asked.opcode:
            return None
        name = name_text(asked.name)
        host, trouble = host_asked_for(name)
        question = Question(
            client=segment.source,
            name=name,
            type=type_name(asked.qtype),
            transport=Transport.TCP if segment.is_tcp else Transport.UDP,
            resolver=segment.destination,
            at=at,
        )
        row = Row(f"packet-{number}", number, Who("", segment.source), host, (question,), "", at, trouble)
        ends = (segment.source, segment.source_port, segment.destination)
        self._waiting.setdefault(
            (*ends, asked.id, asked.folded + asked.qtype.to_bytes(2)),
            _Waiting(row),
        )
        return None

    def _strange(self, segment: Segment, message: bytes, number: int, at: float, why: str) -> None:
        ends = (segment.source, segment.source_port, segment.destination, segment.destination_port)
        if ends in self._odd:
            return
        self._odd[ends] = None
        if len(self._odd) > MAX_ODD:
            self._odd.popitem(last=False)
        opening = Opening(
            transport=Transport.TCP if segment.is_tcp else Transport.UDP,
            port=segment.destination_port,
            destination=segment.destination,
            first=message[:MAX_FIRST],
        )
        who = Who("", segment.source)
        row = Row(f"packet-{number}", number, who, segment.destination, (opening,), "", at, why)
        self._waiting[*ends[:3], number, b""] = _Waiting(row, is_answered=True)

    def _answer(self, segment: Segment, message: bytes) -> None:
        try:
            read = read_message(message)
        except Malformed:
            return
        asked = read.question[:-4].lower() + read.question[-4:-2]
        key = (segment.destination, segment.destination_port, segment.source, read.id, asked)
        one = self._waiting.get(key)
        if one is None or one.is_answered:
            return
        question = one.row.seen[0]
        assert isinstance(question, Question)
        answers = tuple(record_text(record) for record in read.answers[:MAX_ANSWERS])
        rcode = RCODES[read.rcode] if read.rcode < len(RCODES) else f"RCODE{read.rcode}"
        one.row = replace(one.row, seen=(replace(question, answers=answers, rcode=rcode),))
        one.is_answered = True
