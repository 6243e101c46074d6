"""Which ways around the filter did somebody allow: to whom, where to, why, and until when?

The law lets adults be unblocked for bona fide research or other lawful purposes (47 U.S.C. 254(h)(5)(D)):
a teacher's VPN to the district, a technician's remote desktop. Each permit names who answers for it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from proxy.decision.audience import Audience
from proxy.decision.names import covers
from proxy.decision.signs import Sign


@dataclass(frozen=True, slots=True)
class Permit:
    """One permission.

    technique    a technique, or a family of them (`vpn` permits `vpn.wireguard`)
    hosts        canonical names (with what is below them) and addresses it leads to; empty: anywhere
    ports        ports it leads to; empty: any
    decided_by   who answers for it
    reason       what it is for
    begins       aware; holds from that moment on; None: from when it is published
    ends         aware; holds no longer at that moment; None: until it is taken out of the settings
    """

    id: str
    technique: str
    decided_by: str
    reason: str
    hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()
    ends: datetime | None = None
    begins: datetime | None = None

    def covers(self, sign: Sign, host: str, port: int, at: datetime) -> bool:
        """Say whether a sign seen on the way to a canonical host and port is permitted at a moment.

        port   0 where none is known yet: a name is looked up before anything is opened
        """
        return self.holds(at) and self.is_about(sign, host, port)

    def holds(self, at: datetime) -> bool:
        """Say whether it is in force at a moment."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)

    def is_about(self, sign: Sign, host: str, port: int) -> bool:
        """Say the same as `covers` but for the moment."""
        return (
            is_part_of(sign.technique, self.technique)
            and (not self.hosts or any(covers(each, host) for each in self.hosts))
            and (not self.ports or not port or port in self.ports)
        )


@dataclass(frozen=True, slots=True)
class GivenPermit(Permit):
    """A permission that was given between two bases, to an audience of its own."""

    audience: Audience = field(default_factory=Audience)


def is_part_of(technique: str, family: str) -> bool:
    """Say whether a technique is the one named, or belongs to the family named."""
    return technique == family or technique.startswith(family + ".")
