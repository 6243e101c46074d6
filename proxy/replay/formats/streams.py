"""Which DNS messages stand in the TCP segments of a capture?

State: one `_Flow` for each direction of a connection, MAX_FLOWS at most, the one silent for longest goes
first; each holds at most one message (64 KiB) and MAX_AHEAD segments that came early.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.replay.formats.frames import Segment

MAX_FLOWS = 512
MAX_AHEAD = 16
MAX_HELD = 2 + 65535
_ROUND = 1 << 32


@dataclass(slots=True)
class _Flow:
    """One direction of a connection.

    next    sequence number of the octet that is awaited
    held    octets of a message that is not whole yet
    ahead   segments that came before their turn, by sequence number
    """

    next: int
    held: bytearray = field(default_factory=bytearray)
    ahead: dict[int, bytes] = field(default_factory=dict)


class Streams:
    """Puts segments in order and cuts messages out of them (RFC 1035, section 4.2.2)."""

    def __init__(self) -> None:
        self._flows: OrderedDict[tuple[str, int, str, int], _Flow] = OrderedDict()

    def messages(self, segment: Segment) -> Iterator[bytes]:
        """Take one segment and yield the messages that it makes whole, without their lengths.

        A direction whose beginning was not captured is taken to begin with its first segment seen.
        """
        key = (segment.source, segment.source_port, segment.destination, segment.destination_port)
        flow = self._flows.get(key)
        if segment.is_first or flow is None:
            flow = self._flows[key] = _Flow((segment.number + segment.is_first) % _ROUND)
            if len(self._flows) > MAX_FLOWS:
                self._flows.popitem(last=False)
        self._flows.move_to_end(key)
        if segment.payload:
            _take(flow, (segment.number + segment.is_first) % _ROUND, segment.payload)
            yield from _cut(flow)
        if segment.is_last:
            self._flows.pop(key, None)


def _take(flow: _Flow, number: int, payload: bytes) -> None:
    ahead = (number - flow.next) % _ROUND
    if 0 < ahead < _ROUND // 2:
        if len(flow.ahead) < MAX_AHEAD:
            flow.ahead[number] = payload
        return
    _append(flow, number, payload)
    while flow.ahead:
        ready = [
            each for each in flow.ahead if (each - flow.next) % _ROUND >= _ROUND // 2 or each == flow.next
        ]
        if not ready:
            return
        _append(flow, ready[0], flow.ahead.pop(ready[0]))


def _append(flow: _Flow, number: int, payload: bytes) -> None:
    """Append what is new of a segment that begins at or before the octet awaited."""
    new = payload[(flow.next - number) % _ROUND :]
    flow.next = (flow.next + len(new)) % _ROUND
    if len(flow.held) + len(new) > 2 * MAX_HELD:
        flow.held.clear()  # nobody sends so much before a message is whole: these are no DNS messages
    flow.held += new


def _cut(flow: _Flow) -> Iterator[bytes]:
    at = 0
    while at + 2 <= len(flow.held):
        end = at + 2 + int.from_bytes(flow.held[at : at + 2])
        if end > len(flow.held):
            break
        if end > at + 2:
            yield bytes(flow.held[at + 2 : end])
        at = end
    del flow.held[:at]
