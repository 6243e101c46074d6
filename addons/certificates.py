"""Under which certificate is a site opened, and whom do we believe upstream?"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import certifi
from mitmproxy import certs, tls
from mitmproxy.addons.tlsconfig import AppData, TlsConfig
from OpenSSL import SSL

from addons.sites import Sites
from proxy.authority.authority import Authority


class SchoolCertificates(TlsConfig):
    """mitmproxy's TLS settings, with the school's own certificate authority.

    authority    PEM file with the CA's key and certificate

    Differs from its parent in where the CA comes from, in how sites are answered, and in leaving requests
    alone.
    """

    name = "tlsconfig"

    def __init__(self, authority: Path) -> None:
        self._authority = authority
        self._sites: Sites | None = None

    def configure(self, updated: set[str]) -> None:
        """Read the authority once; mitmproxy's own would be made in `confdir`."""
        if self.certstore is None:
            parameters = self._authority.with_name("dhparam.pem")
            self.certstore = certs.CertStore.from_files(self._authority, parameters)
            self._sites = Sites(Authority(self._authority.parent), self.certstore.dhparams)
        TlsConfig.configure(self, set(updated) - {"certs", "confdir", "key_size", "cert_passphrase"})

    def tls_start_client(self, tls_start: tls.TlsData) -> None:
        """Answer a client under the name it asked for, with a context that is made once for each name."""
        if tls_start.ssl_conn is not None:
            return
        if self._sites is None:
            raise RuntimeError("the authority has not been read")
        client, server = tls_start.context.client, tls_start.context.server
        name = client.sni or (server.address or client.sockname)[0]
        opened = SSL.Connection(self._sites.context_for(name))
        opened.set_app_data(AppData(client_alpn=client.alpn, server_alpn=server.alpn, http2=True))
        opened.set_accept_state()
        tls_start.ssl_conn = opened

    def running(self) -> None:
        """Nothing: the parent would make an authority of its own here."""

    request: None = None  # type: ignore[assignment]  # the parent answers requests for its revocation list


def trust_file(extra: Sequence[Path], directory: Path) -> Path | None:
    """Return one PEM file with the public authorities and the school's further ones.

    extra        PEM files, such as `proxy.upstream_ca` of the settings; none: public authorities only
    directory    where the joined file is put

    Raises OSError when a file cannot be read or written.
    """
    if not extra:
        return None
    joined = b"\n".join(path.read_bytes() for path in (Path(certifi.where()), *extra))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / "upstream-trust.pem"
    beside = directory / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    beside.write_bytes(joined)
    beside.replace(path)
    return path
