"""Which event loop does a worker run on?"""

import sys

from proxy.event_loop import new_event_loop


def test_the_event_loop_is_uvloop_s_where_mitmproxy_can_share_a_process_with_it():
    loop = new_event_loop()
    try:
        assert type(loop).__module__.startswith("uvloop") is (sys.version_info < (3, 13))
    finally:
        loop.close()
