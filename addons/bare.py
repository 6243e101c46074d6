"""What does mitmproxy cost by itself? A master with the five addons it needs and none of ours.

For measurements only: it filters nothing. `schoolgate bench inspect` compares the worker with it; no setting
leads here.

    python -m addons.bare PORT DIRECTORY TRUST    DIRECTORY holds mitmproxy-ca.pem; TRUST is a PEM file
"""

import asyncio
import logging
import sys
from pathlib import Path

from mitmproxy import options
from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.master import Master


async def serve(port: int, directory: Path, trust: Path) -> None:
    """Serve as an explicit proxy on loopback until cancelled."""
    logging.getLogger("mitmproxy").setLevel(logging.ERROR)
    own_options = options.Options(
        confdir=str(directory),
        listen_host="127.0.0.1",
        listen_port=port,
        ssl_verify_upstream_trusted_ca=str(trust),
        upstream_cert=False,
    )
    master = Master(own_options)
    master.addons.add(Core(), Proxyserver(), DisableH2C(), NextLayer(), TlsConfig())
    own_options.update(connection_strategy="lazy")
    await master.run()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
