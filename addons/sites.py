"""With which certificate is a site opened, and how much of a handshake is made beforehand?"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from mitmproxy.addons import tlsconfig
from mitmproxy.certs import DHParams
from mitmproxy.net import tls as net_tls
from OpenSSL import SSL

from proxy.authority.authority import BACKDATED, Authority
from proxy.authority.leaves import leaf_certificate
from proxy.decision.names import NameProblem, canonical_host

LIFETIME = timedelta(days=30)
RENEWED_BEFORE = timedelta(days=1)
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Site:
    """A TLS context ready to answer for one name, and the moment from which it is made anew."""

    context: SSL.Context
    renewed: datetime


class Sites:
    """TLS contexts by name, the last `kept` of them.

    mitmproxy signs with the authority's key in each handshake and parses the certificate anew for each
    connection. Here one EC key, never written to a disk, serves all names for the life of the process,
    and a name's context keeps its certificate and its keys for tickets, so that clients can resume.
    """

    def __init__(self, authority: Authority, dhparams: DHParams, kept: int = KEPT) -> None:
        self._authority = authority
        self._dhparams = dhparams
        self._kept = kept
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sites: OrderedDict[str, Site] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sites)

    def context_for(self, name: str, at: datetime | None = None) -> SSL.Context:
        """Return the context for a host name or address, good for at least a day.

        at    aware; None: now

        Raises NoLeaf when no certificate can be made.
        """
        moment = at or datetime.now(UTC)
        site = self._sites.get(name)
        if site is None or site.renewed <= moment:
            site = self._sites[name] = self._make(name, moment)
        self._sites.move_to_end(name)
        if len(self._sites) > self._kept:
            self._sites.popitem(last=False)
        return site.context

    def _make(self, name: str, at: datetime) -> Site:
        try:
            host = canonical_host(name)
        except NameProblem:
            host = name  # the certificate's maker says what is wrong with it
        expires = min(at + LIFETIME, self._authority.expires)
        certificate = leaf_certificate(self._authority, self._key, host, at - BACKDATED, expires)
        context = self._context()
        context.use_certificate(certificate)
        context.use_privatekey(self._key)
        return Site(context, expires - RENEWED_BEFORE)

    def _context(self) -> SSL.Context:
        """A context as mitmproxy makes it, unshared; its sessions are in the clients' tickets only."""
        context: SSL.Context = net_tls.create_client_proxy_context.__wrapped__(
            method=net_tls.Method.TLS_SERVER_METHOD,
            min_version=net_tls.DEFAULT_MIN_VERSION,
            max_version=net_tls.DEFAULT_MAX_VERSION,
            cipher_list=tlsconfig._default_ciphers(net_tls.DEFAULT_MIN_VERSION),
            ecdh_curve=None,
            chain_file=None,
            alpn_select_callback=tlsconfig.alpn_select_callback,
            request_client_cert=False,
            extra_chain_certs=(),
            dhparams=self._dhparams,
        )
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return context
