"""Is it written down for the proxy what this client was answered?

Into the table that the proxy reads (`proxy.answered`), once for an answer and a client, and again every ten
minutes for as long as the client goes on asking: the hot path asks `told`, one set of numbers, and no more.
"""

from collections.abc import Iterable

from proxy.answered.written import Written
from proxy.decision.names import is_address
from proxy.dns.clients import Client
from proxy.dns.finished import Finished

AGAIN_S = 600.0
MOST_TOLD = 200_000
"""Pairs of an answer and a client, at some 70 octets each."""


class Telling:
    """Writes into one worker's table. For one thread.

    told   `Finished.mark | Client.number` of what needs not be told now
    """

    def __init__(self, table: Written) -> None:
        self._table = table
        self.told: set[int] = set()
        self._again = 0.0

    def at(self, now: float) -> set[int]:
        """Return `told` as of a moment of the monotonic clock."""
        if now >= self._again or len(self.told) > MOST_TOLD:
            self._again = now + AGAIN_S
            self.told.clear()
        return self.told

    def finished(
        self, entry: Finished, client: Client, now: float, wall: float, host: str | None = None
    ) -> None:
        """Write down an answer that is kept, before it goes to a client for the first time.

        now, wall   the present by both clocks
        host        that was asked for, where it is at hand
        """
        self.told.add(entry.mark | client.number)
        if not entry.mark:
            self._table.asked(client.address)
            return
        expiry = wall + entry.left_s(now)
        host = entry.host if host is None else host
        if entry.is_refusal:  # it is kept for longer than it holds
            self._table.refused(client.address, host, wall)
        elif entry.everyday:
            self._table.tell(client.address, host, entry.behind, expiry)
        else:
            self.answer(client.address, host, entry.behind, False, expiry)

    def answer(self, client: str, host: str, behind: Iterable[str], is_refusal: bool, expiry: float) -> None:
        """Write down an answer that is not kept.

        behind   names and addresses that it leads to
        expiry   in seconds since 1970
        """
        if is_refusal:
            self._table.refused(client, host, expiry)
        else:
            self._table.tell(client, host, filter(is_address, behind), expiry)
