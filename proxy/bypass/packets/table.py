"""What is a port, or a protocol beside TCP and UDP, known for?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.bypass.observed import Transport


@dataclass(frozen=True, slots=True)
class PacketTable:
    """What `blocklists/bypass` says about ports and protocols.

    ports       (transport, port) -> technique
    protocols   IANA's number -> technique
    """

    ports: Mapping[tuple[Transport, int], str] = field(default_factory=dict)
    protocols: Mapping[int, str] = field(default_factory=dict)
