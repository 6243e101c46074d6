"""Which messages of a WebSocket are looked at, and together with which before them?

The first ones of each side are looked at in all ways. A tunnel may let other messages go first; so later ones
are read too, for as long as the talk lasts, but only for what nothing else begins with: binary ones, and
texts that are base64. One that begins otherwise, and ends nothing that began so, costs a look at its first
octet.
"""

from collections import deque
from dataclasses import dataclass, field

from proxy.bypass.exchange.first_message import UNMISTAKABLE
from proxy.bypass.exchange.sides import MAX_RUN, REACH, written
from proxy.bypass.exchange.wisp import CONNECT
from proxy.bypass.observed import MAX_MESSAGES, Message

MAX_SIDE = 32 * 1024
"""Octets of one side's first messages, after which its messages are later ones."""
TINY = 5
"""Messages of fewer octets show nothing by themselves, and do not take the place of others."""
MAX_ALL = 512
"""Messages of one side, tiny ones too, after which all are later ones."""
DECISIVE = UNMISTAKABLE | {CONNECT}


@dataclass(frozen=True, slots=True)
class Shown:
    """Messages to be looked at, the newest last.

    left_out   how many others came before them (`Exchange.left_out`)
    """

    messages: tuple[Message, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Side:
    """What one side said so far.

    begun    its last messages from the first that may begin something, each with whether it may
    """

    messages: int = 0
    counted: int = 0
    octets: int = 0
    begun: deque[tuple[Message, bool]] = field(default_factory=lambda: deque(maxlen=REACH + 1))

    @property
    def is_first(self) -> bool:
        """Whether its next message is one of its first."""
        return self.counted < MAX_MESSAGES and self.messages < MAX_ALL and self.octets < MAX_SIDE

    def count(self, size: int) -> None:
        self.messages += 1
        self.counted += size >= TINY
        self.octets += size


class Talk:
    """The messages of one WebSocket as they come. Holds at most 2 * MAX_SIDE octets and a message of its
    first ones, and some KiB of later ones."""

    def __init__(self) -> None:
        self.first: tuple[Message, ...] = ()
        self._sides = {True: _Side(), False: _Side()}
        self._said = 0

    def take(self, message: Message) -> Shown | None:
        """Add a message, and return what is to be looked at before it is sent; None: nothing."""
        side = self._sides[message.from_client]
        self._said += 1
        later = _later(side, message)
        if side.is_first:
            side.count(len(message.payload))
            self.first = (*self.first, message)
            return Shown(self.first)
        if self.first and not self._sides[not message.from_client].is_first:
            self.first = ()
        return Shown(later, self._said - len(later)) if later else None


def _later(side: _Side, message: Message) -> tuple[Message, ...]:
    """A message with those before it with which it may be decisive; () where it cannot."""
    octets = written(message)
    if octets is None:
        if message.is_text:
            return ()
        octets = message.payload
    may_begin = bool(octets) and octets[0] in DECISIVE
    if not octets or not (may_begin or side.begun):
        return ()
    side.begun.append((message, may_begin))
    while side.begun and not side.begun[0][1]:
        side.begun.popleft()
    found = tuple(each for each, _ in side.begun)
    if len(octets) >= MAX_RUN:
        side.begun.clear()  # nothing is put before what comes after it
    return found
