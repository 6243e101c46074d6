"""What does mitmproxy cost as a library, with the five addons it needs and in its own ways?"""

import sys
from importlib.util import find_spec
from typing import ClassVar

from proxy.bench.proxies.mitmdump import Mitmdump


class BareMaster(Mitmdump):
    """Opens all TLS, and filters nothing."""

    name = "bare-master"
    module: ClassVar[str] = "addons.bare"

    @classmethod
    def installed(cls) -> bool:
        """It is a part of this program."""
        return find_spec(cls.module) is not None

    def command(self) -> list[str]:
        """A process of its own, as the filter's is."""
        trust = self.place.origin.certificates.origin_ca
        return [
            sys.executable,
            "-m",
            self.module,
            str(self.place.port),
            str(self.file("authority")),
            str(trust),
        ]
