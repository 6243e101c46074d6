"""How is mitmproxy measured on its own? `mitmdump` of our own environment, without any addon of ours."""

import sys
from pathlib import Path

from proxy.bench.programs import version
from proxy.bench.proxies.proxy import WebProxy
from proxy.bench.questions import LOOPBACK


def _mitmdump() -> Path:
    return Path(sys.executable).parent / "mitmdump"


class Mitmdump(WebProxy):
    """Opens all TLS, and filters nothing."""

    name = "mitmdump"
    program = "mitmdump"
    opens = True
    filters = False

    @classmethod
    def installed(cls) -> bool:
        """It came with mitmproxy."""
        return _mitmdump().exists()

    @classmethod
    def version(cls) -> str:
        """What it says of its version."""
        return version([str(_mitmdump()), "--version"])

    def prepare(self) -> None:
        """Its authority: key and certificate in one file."""
        certificates, folder = self.place.origin.certificates, self.file("authority")
        folder.mkdir()
        both = certificates.proxy_ca_key.read_text() + certificates.proxy_ca.read_text()
        (folder / "mitmproxy-ca.pem").write_text(both)

    def command(self) -> list[str]:
        """Quiet, as a service would be."""
        settings = {
            "confdir": self.file("authority"),
            "ssl_verify_upstream_trusted_ca": self.place.origin.certificates.origin_ca,
        }
        argv = [str(_mitmdump()), "-q", "--listen-host", LOOPBACK, "--listen-port", str(self.place.port)]
        return argv + [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]


class MitmdumpIgnoring(Mitmdump):
    """Carries all TLS unread."""

    name = "mitmdump-ignoring"
    opens = False

    def command(self) -> list[str]:
        """As above, with every host ignored."""
        return [*super().command(), "--ignore-hosts", ".*"]
