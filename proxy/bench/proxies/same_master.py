"""What do the filter's addons cost? Its own master, started without any of them, is the peer."""

from typing import ClassVar

from proxy.bench.proxies.bare_master import BareMaster


class SameMaster(BareMaster):
    """The worker's loop, layers and TLS. Opens all TLS, judges nothing and writes nothing down."""

    name = "same-master"
    module: ClassVar[str] = "addons.ungated"

    def prepare(self) -> None:
        """Its authority, under the name and with the mode that the filter asks for."""
        super().prepare()
        file = self.file("authority") / "mitmproxy-ca.pem"
        file.chmod(0o600)
        file.rename(file.with_name("schoolgate-ca.pem"))
