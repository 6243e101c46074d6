"""When is a fast transfer carried on: whenever something has come, or when much has?

A large body may come in so many small pieces that waking up for each costs more than moving it. While a
stream runs fast, the kernel is asked to wake us only when much is there (SO_RCVLOWAT), and a timer carries on
what is less: nothing waits longer than a tick. A stream that slows down is looked after at each piece again,
and so is one whose receiver speaks often: each piece may be waited for.
"""

import asyncio
import socket
from dataclasses import dataclass

from proxy.frontdoor.one_way import OneWay
from proxy.frontdoor.poller import Owner, Poller

TICK_S = 0.002
MUCH = 256 * 1024
"""What the kernel gathers before it wakes us. It makes room for twice as much."""

LITTLE = 64 * 1024
"""A stream that moves less than this in a tick is no fast one (32 MB a second)."""

LONG = 2 * 1024 * 1024
"""A receiver that speaks after less than this may wait for each piece."""

RESPITE = 32 * 1024 * 1024
"""What is carried at each piece, then, before the stream is gathered again."""


@dataclass(slots=True)
class Fast:
    """A stream that is gathered.

    way, back   the stream and the other direction
    before      what had been carried at the last tick
    answered    what had been carried back by then
    since       what had been carried when something last was
    """

    owner: Owner
    way: OneWay
    back: OneWay
    before: int
    answered: int
    since: int

    def goes_on(self) -> bool:
        """Whether it was fast since the last tick, and nobody waits for its pieces."""
        carried, answered = self.way.carried, self.back.carried
        fast = carried - self.before >= LITTLE
        if answered != self.answered:
            if carried - self.since < LONG:
                self.way.looked_at = carried + RESPITE
                fast = False
            self.answered, self.since = answered, carried
        self.before = carried
        return fast


class Gathering:
    """The streams of one door that run fast at present."""

    def __init__(self, loop: asyncio.AbstractEventLoop, poller: Poller) -> None:
        self._loop = loop
        self._poller = poller
        self._fast: dict[OneWay, Fast] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._fast)

    def begin(self, owner: Owner, way: OneWay, back: OneWay) -> None:
        """Wake the owner only for much of what comes this way, while much comes and little goes back."""
        if way in self._fast or not _wake_at(way, MUCH):
            return
        self._fast[way] = Fast(owner, way, back, way.carried, back.carried, way.carried - LONG)
        if self._timer is None:
            self._timer = self._loop.call_later(TICK_S, self._tick)

    def stop(self) -> None:
        """Look after nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._fast.clear()

    def _tick(self) -> None:
        self._timer = self._loop.call_later(TICK_S, self._tick)
        for way, one in tuple(self._fast.items()):
            self._poller.look(one.owner, way.source.fileno())
            if one.goes_on() and way.source.fileno() >= 0:
                continue
            del self._fast[way]
            _wake_at(way, 1)
            self._poller.look(one.owner, way.source.fileno())  # for what came in between nobody would wake us
        if not self._fast:
            self._timer.cancel()
            self._timer = None


def _wake_at(way: OneWay, octets: int) -> bool:
    """Have the kernel wake us when so much has come; False when it does not, or the socket is closed."""
    try:
        way.source.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, octets)
    except OSError:
        return False
    return True
