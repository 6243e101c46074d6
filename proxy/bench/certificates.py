"""Which authorities sign on the bench? One for the web server, one for the proxies that open TLS."""

import os
from dataclasses import dataclass
from pathlib import Path

from proxy.bench.programs import need
from proxy.bench.running import run

ORIGIN_CA, PROXY_CA = "Bench web sites", "Bench proxies"
_DAYS = "30"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM form below one directory; `proxy_leaf_key` is for proxies that want one made before."""

    folder: Path

    @property
    def origin_ca(self) -> Path:
        """Certificate of the web server's authority."""
        return self.folder / "origin-ca.pem"

    @property
    def origin(self) -> Path:
        """The web server's certificate."""
        return self.folder / "origin.pem"

    @property
    def origin_key(self) -> Path:
        """Its key."""
        return self.folder / "origin.key"

    @property
    def proxy_ca(self) -> Path:
        """Certificate that proxies sign with."""
        return self.folder / "proxy-ca.pem"

    @property
    def proxy_ca_key(self) -> Path:
        """Its key."""
        return self.folder / "proxy-ca.key"

    @property
    def proxy_leaf_key(self) -> Path:
        """A key for the certificates that e2guardian makes."""
        return self.folder / "proxy-leaf.key"


def make(folder: Path, host: str) -> Certificates:
    """Make all of them, the web server's for a host name.

    Raises BenchProblem when openssl fails.
    """
    openssl = need("openssl")
    made = Certificates(folder)
    for name, certificate in ((ORIGIN_CA, made.origin_ca), (PROXY_CA, made.proxy_ca)):
        run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", _DAYS, "-subj", f"/CN={name}",
             "-keyout", str(certificate.with_suffix(".key")), "-out", str(certificate),
             "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        )  # fmt: skip
    extensions, request = folder / "extensions", folder / "origin.csr"
    extensions.write_text(f"subjectAltName=DNS:{host},IP:127.0.0.1\n")
    run(
        [openssl, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}",
         "-keyout", str(made.origin_key), "-out", str(request)]
    )  # fmt: skip
    run(
        [openssl, "x509", "-req", "-in", str(request), "-CA", str(made.origin_ca), "-days", _DAYS,
         "-CAkey", str(made.origin_ca.with_suffix(".key")), "-CAcreateserial",
         "-extfile", str(extensions), "-out", str(made.origin)]
    )  # fmt: skip
    run([openssl, "genrsa", "-out", str(made.proxy_leaf_key), "2048"])
    for file in folder.iterdir():  # servers with users of their own read them; all of them live for minutes
        os.chmod(file, 0o644)
    return made
