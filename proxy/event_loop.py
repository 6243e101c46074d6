"""Which event loop does a worker run on?"""

import asyncio
import sys


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's event loop; from Python 3.13 on, where mitmproxy does not run under it, asyncio's own."""
    if sys.version_info >= (3, 13):
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()
