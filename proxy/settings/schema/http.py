"""Where does the proxy listen, what may it dial, and where does the block page stand?"""

from typing import Annotated

from pydantic import Field

from proxy.settings.fields import Address, Endpoint, Listen, LocalPath, Name, Port, Range, Text
from proxy.settings.schema.part import Part

MIB = 1024 * 1024


class ProxySettings(Part):
    """The inspecting proxy."""

    listen: Listen = Endpoint("127.0.0.1", 8080)
    """Address and port of the explicit proxy; one for all workers."""
    transparent_listen: tuple[Listen, ...] = ()
    """Addresses and ports for redirected traffic, one for each worker (`[::]:8081` serves IPv4 too); none: no
    transparent mode."""
    connect_ports: Annotated[tuple[Port, ...], Field(min_length=1)] = (443,)
    """Ports that CONNECT may reach."""
    private_destinations: tuple[Range, ...] = ()
    """Private address ranges that clients may reach through the proxy; all others are refused."""
    htpasswd: LocalPath | None = None
    """File with log-in names and bcrypt hashes; none: no log-in is offered."""
    require_login: bool = False
    """Whether a client must log in (with `htpasswd`) before it gets anything."""
    upstream_ca: LocalPath | None = None
    """PEM file with further authorities that web servers' certificates may come from."""
    stream_over_bytes: Annotated[int, Field(ge=1024, le=1024 * MIB)] = MIB
    """Bodies larger than this pass through piece by piece and are not held in memory."""
    max_request_bytes: Annotated[int, Field(ge=0)] = 0
    """Largest upload, in bytes; 0: no limit."""
    max_response_bytes: Annotated[int, Field(ge=0)] = 0
    """Largest download, in bytes; 0: no limit."""
    max_connections: Annotated[int, Field(ge=10, le=1_000_000)] = 5000
    """Client connections open at once, per worker."""
    recycle_over_mb: Annotated[int, Field(ge=0, le=1024 * 1024)] = 1024
    """Megabytes of memory of its own beyond which a worker hands over to a fresh one; 0: never."""


class BlockPageSettings(Part):
    """The page that says what was blocked and why."""

    host: Name = "schoolgate.internal"
    """Name of the block page; the resolver answers it with `addresses`."""
    addresses: tuple[Address, ...] = ()
    """Addresses that blocked names resolve to (`block_answer: page`); IPv4, IPv6 or both."""
    listen_http: tuple[Listen, ...] = (Endpoint("127.0.0.1", 80),)
    """Where the block page listens for HTTP."""
    listen_https: tuple[Listen, ...] = (Endpoint("127.0.0.1", 443),)
    """Where the block page listens for HTTPS."""
    contact: Text = "Ask a teacher or the school office."
    """Who can help, in one sentence; a group or school may say it better with its own `help`."""
    portal: Annotated[str, Field(pattern=r"^(https?://[!#-&(-;=?-~]+)?$")] = ""
    """Address of the page where an unblock can be asked for; not written: the console's; without a
    console the block page shows only its code."""
    ticket_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days for which a block page's ticket and code can be used."""
