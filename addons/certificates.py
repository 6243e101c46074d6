"""Under which certificate is a site opened, and whom do we believe upstream?"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import certifi
from mitmproxy import certs, http
from mitmproxy.addons.tlsconfig import TlsConfig

KEPT_CERTIFICATES = 2_000


class SchoolCertificates(TlsConfig):
    """mitmproxy's TLS settings, with the school's own certificate authority.

    authority    PEM file with the CA's key and certificate

    Differs from its parent in where the CA comes from, in keeping more certificates, and in leaving
    requests alone.
    """

    name = "tlsconfig"

    def __init__(self, authority: Path) -> None:
        self._authority = authority

    def configure(self, updated: set[str]) -> None:
        """Read the authority once; mitmproxy's own would be made in `confdir`."""
        if self.certstore is None:
            parameters = self._authority.with_name("dhparam.pem")
            self.certstore = certs.CertStore.from_files(self._authority, parameters)
            self.certstore.STORE_CAP = KEPT_CERTIFICATES
        TlsConfig.configure(self, set(updated) - {"certs", "confdir", "key_size", "cert_passphrase"})

    def running(self) -> None:
        """Nothing: the parent would make an authority of its own here."""

    def request(self, flow: http.HTTPFlow) -> None:
        """Nothing: the parent answers requests for its revocation list."""


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
