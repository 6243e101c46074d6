"""Which detectors look at the beginning of a connection, and in which order?"""

from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Opening
from proxy.bypass.openings.flows import closed_port, datagram, known_service, stream
from proxy.bypass.openings.handshakes import (
    listed_server,
    made_up_name,
    name_elsewhere,
    resolver_greeting,
    server_not_named,
    unusual_port,
)
from proxy.bypass.openings.together import never_asks, refused_name, unresolved

OPENING_DETECTORS: tuple[Detector[Opening], ...] = (
    resolver_greeting,  # first: DNS over TLS is told by what it offers, whatever it names
    listed_server,  # services by the name in the greeting
    known_service,  # and by their addresses, which need no name
    server_not_named,
    name_elsewhere,
    made_up_name,
    unusual_port,
    stream,  # what is no TLS at all
    datagram,
    closed_port,  # after all that say what it was
    refused_name,
    unresolved,
    never_asks,  # last: it says least
)
