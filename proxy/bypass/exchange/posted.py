"""Does a request's body begin a connection of its own, as tunnels in requests carry them?"""

from collections.abc import Iterator

from proxy.bypass.exchange.first_message import MAX_LOOKED_AT, ssh, tls
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign

_READERS = (("tunnel.nested_tls", tls), ("tunnel.ssh", ssh))
_BEGINNINGS = (b"\x16\x03", b"SSH-")


def posted_connection(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A ClientHello, or the banner of SSH, that is sent as a body: no page and no API takes one."""
    if not seen.body.startswith(_BEGINNINGS):
        return
    for technique, reader in _READERS:
        found = reader(seen.body[:MAX_LOOKED_AT])
        if found is not None:
            evidence = {"method": seen.method, **found.evidence}
            yield knowledge.sign(technique, 0.95, evidence)
