"""What do our addons cost? The same master of mitmproxy, started without any of them, is the peer."""

import sys
from importlib.util import find_spec

from proxy.bench.proxies.mitmdump import Mitmdump

MODULE = "addons.bare"


class BareMaster(Mitmdump):
    """Opens all TLS, and filters nothing."""

    name = "bare-master"

    @classmethod
    def installed(cls) -> bool:
        """It is a part of this program."""
        return find_spec(MODULE) is not None

    def command(self) -> list[str]:
        """A process of its own, as the filter's is."""
        trust = self.place.origin.certificates.origin_ca
        return [sys.executable, "-m", MODULE, str(self.place.port), str(self.file("authority")), str(trust)]
