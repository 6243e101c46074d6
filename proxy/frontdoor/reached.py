"""Did our resolver tell a client the place where its connection leads, and does it refuse it the name?"""

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from proxy.answered.read import Known, Read
from proxy.decision.verdict import Action
from proxy.gateway import Gateway

MAX_KNOWN = 4_096
EACH_S = 60.0
"""Connections that follow each other within so many seconds are one act."""
FORGOTTEN_S = 3_600.0
"""So long after the last of them the count begins anew; as often a client that never asks is told of."""


class Told(NamedTuple):
    """What is known together of a client, a name and an address.

    resolved   addresses that the client was told for the name; None: not known
    told       whether it was told the address, for any name
    asks       whether it asks us at all; NO is said once an hour
    refused    how many times it reached the name by another address although it is refused; 0: it is not
    """

    resolved: frozenset[str] | None = None
    told: Known = Known.UNKNOWN
    asks: Known = Known.UNKNOWN
    refused: int = 0


class Reached:
    """Asks the shared table about redirected connections, and counts what was reached in spite of a refusal.

    clock    monotonic, in seconds
    """

    def __init__(self, gateway: Gateway, answered: Read, clock: Callable[[], float] = monotonic) -> None:
        self._gateway, self._answered, self._clock = gateway, answered, clock
        self._times: dict[tuple[str, str], tuple[int, float]] = {}
        self._looked: dict[str, float] = {}
        self._said: dict[str, float] = {}

    def by(self, client: str, name: str, address: str) -> Told:
        """What is known of a connection of a client to an address, which names a host ("" for none)."""
        told = self._answered.told(client, address)
        if told is not Known.YES:
            asks = self._asks(client)
            refused = self._refused(client, name) if name else 0
        else:
            asks, refused = Known.YES, 0
        resolved = self._answered.resolved(client, name, is_six=":" in address) if name else None
        return Told(resolved, told, asks, refused)

    def in_spite(self, client: str, name: str, address: str) -> int:
        """How many times a client reached a name that is refused it, by an address that it was not told."""
        return 0 if self._answered.told(client, address) is Known.YES else self._refused(client, name)

    def _refused(self, client: str, name: str) -> int:
        if not self._answered.was_refused(client, name) or not self._is_still_refused(client, name):
            return 0
        now = self._clock()
        times, last = self._times.get((client, name), (0, now))
        if times and now - last < EACH_S:
            return times
        times = 1 if now - last > FORGOTTEN_S else times + 1
        if len(self._times) >= MAX_KNOWN:
            self._times.clear()
        self._times[client, name] = times, now
        return times

    def _is_still_refused(self, client: str, name: str) -> bool:
        """Whether the name would be refused today as well: since then somebody may have opened it."""
        standing = self._gateway.standing(client)
        return self._gateway.judge_name(standing, name, counted=False).action is Action.BLOCK

    def _asks(self, client: str) -> Known:
        """Whether a client asks us; looked up once a minute, and NO said once an hour."""
        now = self._clock()
        looked = self._looked.get(client)
        if looked is not None and now - looked < EACH_S:
            return Known.UNKNOWN
        _remember(self._looked, client, now)
        asks = self._answered.asks(client)
        if asks is not Known.NO:
            return asks
        said = self._said.get(client)
        if said is not None and now - said < FORGOTTEN_S:
            return Known.UNKNOWN
        _remember(self._said, client, now)
        return asks


def _remember(when: dict[str, float], client: str, now: float) -> None:
    if len(when) >= MAX_KNOWN:
        when.clear()
    when[client] = now
