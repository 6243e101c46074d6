"""How is mitmproxy embedded? A master of our own with the few addons that it cannot do without."""

import logging
from collections.abc import Iterable
from pathlib import Path

from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master

from addons.certificates import SchoolCertificates
from addons.hooks import HookedOptions, Hooks
from addons.lean_messages import make_messages_lean
from addons.tunnels import dropping
from addons.upstream_sessions import UpstreamSessions

IDLE_TIMEOUT_S = 600


def embedded(
    proxyserver: Proxyserver, between: Iterable[object], authority: Path, trust: Path | None
) -> Master:
    """Make a master, ready to be run; its hooks go by a table (`Hooks`).

    between      addons that see each hook after mitmproxy's core and before its TLS settings
    authority    PEM file with the CA's key and certificate
    trust        PEM file of all authorities believed upstream; None: the public ones
    """
    logging.getLogger("mitmproxy").setLevel(logging.ERROR)  # below, it writes down visited hosts
    make_messages_lean()
    options = _options(authority.parent, trust)
    master = Master(options)
    master.addons.add(
        Core(),
        proxyserver,
        *between,
        SchoolCertificates(authority),
        UpstreamSessions(),  # behind the certificates, which make the connection's TLS object
        DisableH2C(),
    )
    options.update(connection_strategy="lazy")  # type: ignore[no-untyped-call]
    options.take(Hooks(master.addons.chain, dropping(proxyserver)))
    return master


def _options(directory: Path, trust: Path | None) -> HookedOptions:
    """mitmproxy's options. No server of its own: the front door accepts; no raw TCP, no HTTP/3."""
    return HookedOptions(
        server=False,
        confdir=str(directory),
        rawtcp=False,
        http3=False,
        upstream_cert=False,
        tcp_timeout=IDLE_TIMEOUT_S,
        ssl_insecure=False,
        ssl_verify_upstream_trusted_ca=str(trust) if trust else None,
    )
