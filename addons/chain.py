"""Which addons see a connection, and in which order?"""

from dataclasses import dataclass, field

from mitmproxy.addons.proxyserver import Proxyserver

from addons.answer_gate import AnswerGate
from addons.block_answers import BlockAnswers
from addons.bodies import Bodies
from addons.browsing_log import BrowsingLog
from addons.dial_guard import DialGuard
from addons.front_pages import FrontPages
from addons.guard import Guarded
from addons.http_gate import HttpGate
from addons.late_tunnels import LateTunnels
from addons.layers import Layers
from addons.leaving import Leaving
from addons.parts import Parts
from addons.refused_certificates import RefusedCertificates
from addons.signing import Signing
from addons.socket_gate import SocketGate
from addons.tunnels import dropping
from proxy.answered.read import Read
from proxy.frontdoor.dialling import Resolver
from proxy.frontdoor.door import FrontDoor
from proxy.frontdoor.listening import OriginalDestination, original_destination
from proxy.gateway import Clock, Gateway, utc_now
from proxy.lookout import Lookout
from proxy.pages.refusals import Refusals
from proxy.pinned import CertificateRefusals
from proxy.quiet_exchanges import QuietExchanges


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the addons work with.

    pages       answers blocked attempts, and records them
    refused     the table of refused certificates
    detectors   further addons, after the gates and before the log: they see what was allowed
    clock       the gateway's
    answered    what our resolver told whom; None: nothing is known of that
    """

    gateway: Gateway
    resolver: Resolver
    pages: Refusals
    refused: CertificateRefusals
    detectors: tuple[object, ...] = field(default=())
    clock: Clock = utc_now
    answered: Read | None = None


def front_door(neighbours: Neighbours, original: OriginalDestination = original_destination) -> FrontDoor:
    """The front door before the addons. Both share sessions, dialling, log-in and what is written down."""
    parts = Parts(neighbours.gateway)
    return FrontDoor(
        neighbours.gateway,
        neighbours.resolver,
        FrontPages(neighbours.pages),
        logins=parts.logins,
        destinations=parts.destinations,
        original=original,
        clock=neighbours.clock,
        answered=neighbours.answered,
    )


def gateway_addons(
    neighbours: Neighbours, door: FrontDoor, proxyserver: Proxyserver, leaving: Leaving | None = None
) -> list[Guarded]:
    """The addons of the filter, guarded, in the order in which each hook reaches them."""
    gateway, sessions, dialling = neighbours.gateway, door.sessions, door.dialling
    journal, answers = BrowsingLog(gateway, sessions), BlockAnswers(gateway, neighbours.pages)
    drop, lookout = dropping(proxyserver), Lookout(gateway)
    signing, quiet = Signing(gateway, lookout), QuietExchanges(lookout)
    ordered: list[object] = [
        Layers(sessions, door.tls),  # decides what may speak at all, TLS included
        LateTunnels(
            gateway, sessions, lookout, door.endings
        ),  # tunnels begin at the front door, or not at all
        HttpGate(
            gateway, sessions, dialling, door.login, answers, signing, quiet, door.openings
        ),  # before bodies: nothing of a refused one
        Bodies(gateway, sessions, drop),
        AnswerGate(sessions, signing, answers, quiet),  # after bodies: it holds what they let stream
        SocketGate(sessions, signing, door.endings, drop),
        DialGuard(sessions, dialling),  # after all gates: dials only what one of them approved
        RefusedCertificates(sessions, door.endings, neighbours.refused),
        leaving or Leaving(),
        *neighbours.detectors,
        journal,  # last: it forgets what it has written down
    ]
    return [Guarded(addon, drop) for addon in ordered]
