"""Which of our sockets can be read or written now, and who looks after it?

One epoll set of our own hangs as a single reader in the event loop. Sockets are registered once,
edge-triggered, and their owners are called straight from the batch: no task, handle or callback object
for each connection, and the same behaviour under uvloop and asyncio's own loop.
"""

import asyncio
import logging
import select
from typing import Protocol

from proxy import metrics

log = logging.getLogger(__name__)

READ = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
BOTH = READ | select.EPOLLOUT
ACCEPT = select.EPOLLIN
WRITABLE = select.EPOLLOUT
READABLE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
ENDED = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
MOVABLE = select.EPOLLIN | select.EPOLLOUT
AGAIN = MOVABLE | select.EPOLLHUP
"""Said to an owner that is called again: look at everything, though the kernel has said nothing new."""
BROKEN = select.EPOLLHUP | select.EPOLLERR
BATCH = 256
ROUNDS = 4
"""Batches before the event loop has its turn: what came meanwhile is cheaper to see here than there."""


class Owner(Protocol):
    """Who looks after one or two sockets."""

    def ready(self, descriptor: int, mask: int) -> None:
        """Do what can be done now. May be called although there is nothing to do."""

    def cut(self) -> None:
        """Close at once, and give up what is held. A second time does nothing."""


class Poller:
    """The sockets of one event loop that are not the loop's own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._owners: dict[int, Owner] = {}
        self._again: dict[int, Owner] = {}
        self._told: set[type[BaseException]] = set()
        loop.add_reader(self._epoll.fileno(), self._look)

    def watch(self, descriptor: int, owner: Owner, mask: int) -> None:
        """Call the owner when one of the mask's events comes; once for each edge where it says so."""
        self._owners[descriptor] = owner
        self._epoll.register(descriptor, mask)

    def change(self, descriptor: int, mask: int) -> None:
        """Wait for other events. What is ready already counts as an edge."""
        self._epoll.modify(descriptor, mask)

    def hand_over(self, descriptor: int, owner: Owner) -> None:
        """Let another owner look after a socket, for the same events."""
        self._owners[descriptor] = owner

    def forget(self, descriptor: int) -> None:
        """Look no more after a socket that stays open."""
        if descriptor >= 0 and self._owners.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    def closing(self, descriptor: int) -> None:
        """Look no more after a socket that is closed right after this; the kernel then forgets it too."""
        self._owners.pop(descriptor, None)

    def again(self, owner: Owner, descriptor: int) -> None:
        """Call an owner that stopped before it had read everything, after all others had their turn."""
        if not self._again:
            self._loop.call_soon(self._turn)
        self._again[descriptor] = owner

    def close(self) -> None:
        """Look after nothing any more."""
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
        self._owners.clear()
        self._again.clear()

    def guarded(self, owner: Owner, descriptor: int, mask: int) -> None:
        """Call an owner; a fault of its own closes what it looks after, is counted, and is told once."""
        try:
            owner.ready(descriptor, mask)
        except Exception as error:  # noqa: BLE001  (a connection's boundary: a fault must refuse)
            self.fault(owner, error)

    def fault(self, owner: Owner, error: BaseException) -> None:
        """Close what a faulty owner looks after, and tell the operator once of each kind of fault."""
        metrics.ERRORS.inc("frontdoor")
        if type(error) not in self._told:
            self._told.add(type(error))
            log.error(
                "%s in the front door; its connection was closed. Further faults of this kind are only "
                "counted (schoolgate_errors_total)",
                type(error).__name__,
                exc_info=error,
            )
        try:
            owner.cut()
        except Exception:  # noqa: BLE001
            metrics.ERRORS.inc("frontdoor")

    def look(self, owner: Owner, descriptor: int) -> None:
        """Call an owner, if he still has the socket, as if it had become ready."""
        if self._owners.get(descriptor) is owner:
            self.guarded(owner, descriptor, MOVABLE)

    def _look(self) -> None:
        find, poll = self._owners.get, self._epoll.poll
        for _ in range(ROUNDS):
            events = poll(0, BATCH)
            for descriptor, mask in events:
                owner = find(descriptor)
                if owner is not None:
                    try:
                        owner.ready(descriptor, mask)
                    except Exception as error:  # noqa: BLE001  (as in `guarded`, without another call)
                        self.fault(owner, error)
            if not events:
                return

    def _turn(self) -> None:
        waiting, self._again = self._again, {}
        for descriptor, owner in waiting.items():
            if self._owners.get(descriptor) is owner:
                self.guarded(owner, descriptor, AGAIN)
