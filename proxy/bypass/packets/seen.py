"""What can a detector look at of a packet that was refused?"""

from dataclasses import dataclass

from proxy.bypass.observed import Opening

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58


@dataclass(frozen=True, slots=True)
class Refused:
    """One packet that a client sent and the packet filter did not let out.

    client        its source address, canonical
    destination   likewise
    protocol      IANA's number of what the packet carries, extension headers left out
    port          that it leads to; 0 where the protocol has none
    length        octets of the whole packet, as its header says
    first         what stands behind the headers, as much as was kept
    opening       the same as the beginning of a connection or flow; None where the protocol has no ports
    """

    client: str
    destination: str
    protocol: int
    port: int = 0
    length: int = 0
    first: bytes = b""
    opening: Opening | None = None
