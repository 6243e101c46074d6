"""What does the front door need of its process? Room for many sockets."""

import logging
import resource

log = logging.getLogger(__name__)

EACH = 6
"""Descriptors for one client: its own, a server's, and two pipes for what is large both ways."""

BESIDES = 200


def allow_descriptors(connections: int) -> None:
    """Raise this process's limit of open files to what so many connections need, as far as it may be."""
    wanted = connections * EACH + BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
    if given < wanted:
        log.warning(
            "this process may open %d files, which is too few for %d connections; raise LimitNOFILE or "
            "lower proxy.max_connections",
            given,
            connections,
        )
