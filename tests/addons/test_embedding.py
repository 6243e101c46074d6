"""The master has mitmproxy's own few addons around those that are given, and a table of all their hooks."""

import asyncio

from mitmproxy.addons.proxyserver import Proxyserver

from addons.embedding import IDLE_TIMEOUT_S, embedded
from addons.hooks import HookedOptions
from proxy.authority.authority import Authority


class Named:
    name = "ours"


def test_the_addons_come_in_order_and_the_options_shut_what_is_not_filtered(tmp_path):
    async def made():
        return embedded(Proxyserver(), [Named()], Authority.open_or_create(tmp_path, "Oak School").path, None)

    master = asyncio.run(made())
    names = [getattr(one, "name", type(one).__name__.lower()) for one in master.addons.chain]
    assert names == ["core", "proxyserver", "ours", "tlsconfig", "upstreamsessions", "disableh2c"]
    options = master.options
    assert isinstance(options, HookedOptions)
    assert options.hooks is not None
    shut = (options.server, options.rawtcp, options.http3, options.upstream_cert, options.ssl_insecure)
    assert shut == (False, False, False, False, False)
    assert (options.connection_strategy, options.tcp_timeout) == ("lazy", IDLE_TIMEOUT_S)
