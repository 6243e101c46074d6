"""Which addons see a connection, and in which order?"""

from collections.abc import Callable
from dataclasses import dataclass, field

from mitmproxy.addons.proxyserver import Proxyserver

from addons.block_answers import BlockAnswers
from addons.bodies import Bodies
from addons.browsing_log import BrowsingLog
from addons.clients import Clients
from addons.connect_gate import ConnectGate
from addons.dialling import Dialling, Resolver
from addons.guard import Guarded
from addons.http_gate import HttpGate
from addons.layers import Layers
from addons.login import LoginGate
from addons.parts import Parts
from addons.sessions import Sessions
from addons.tls_gate import TlsGate
from addons.tunnels import drop_client
from proxy.gateway import Gateway
from proxy.pages.refusals import Refusals
from proxy.pinned import CertificateRefusals


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the addons work with.

    pages       answers blocked attempts, and records them
    refused     the table of refused certificates
    detectors   further addons, after the gates and before the log: they see what was allowed
    """

    gateway: Gateway
    resolver: Resolver
    pages: Refusals
    refused: CertificateRefusals
    detectors: tuple[object, ...] = field(default=())


def gateway_addons(neighbours: Neighbours, proxyserver: Proxyserver) -> list[Guarded]:
    """The addons of the filter, guarded, in the order in which each hook reaches them."""
    gateway, sessions = neighbours.gateway, Sessions()
    parts, journal = Parts(gateway), BrowsingLog(gateway, sessions)
    dialling = Dialling(gateway, neighbours.resolver, sessions, parts.destinations)
    login = LoginGate(gateway, parts.logins)
    answers = BlockAnswers(gateway, neighbours.pages)
    drop = _drop(proxyserver)
    tls_gate = TlsGate(gateway, sessions, dialling, journal, neighbours.refused)
    ordered: list[object] = [
        Clients(gateway, sessions, journal),  # first: without a session nothing passes
        Layers(sessions, tls_gate),  # decides what may speak at all, TLS included
        ConnectGate(gateway, sessions, login, answers),
        HttpGate(gateway, sessions, dialling, login, answers),  # before bodies: nothing of a refused one
        Bodies(gateway, sessions, drop),
        dialling,  # after all gates: dials only what one of them approved
        tls_gate,  # its own hook: certificates that clients refuse
        *neighbours.detectors,
        journal,  # last: it forgets what it has written down
    ]
    return [Guarded(addon, drop) for addon in ordered]


def _drop(proxyserver: Proxyserver) -> Callable[..., None]:
    return lambda client: drop_client(client, proxyserver.connections)
