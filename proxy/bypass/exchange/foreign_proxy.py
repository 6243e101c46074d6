"""Is a request sent to a proxy that is not the school's?

`CONNECT`, a target in absolute form (RFC 9112, section 3.2.2) and `Proxy-Authorization` are what a client
says to a proxy. Told to another address than one of ours, they go around the filter.
"""

from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange, Form
from proxy.decision.signs import Sign

TECHNIQUE = "proxy.foreign_connect"


def foreign_proxy(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A request in a proxy's form that was not sent to the school's proxy."""
    if seen.is_explicit or (seen.destination and seen.destination in knowledge.around.proxies):
        return
    has_login = bool(seen.field("proxy-authorization"))
    if seen.form is Form.ORIGIN and not has_login:
        return
    if seen.form is Form.AUTHORITY and seen.field(":protocol"):
        return  # extended CONNECT (RFC 8441) opens a WebSocket on an ordinary server
    address = seen.destination.rpartition(":")[0].strip("[]")
    if address and not knowledge.around.is_public(address):
        return
    if seen.form is Form.ABSOLUTE and not has_login and _is_to_itself(seen):
        return
    evidence = {"method": seen.method, "form": seen.form.value, "target": f"{seen.url.host}:{seen.url.port}"}
    if seen.destination:
        evidence["destination"] = seen.destination
    if has_login:
        evidence["field"] = "proxy-authorization"
    yield knowledge.sign(TECHNIQUE, 0.95, evidence, seen.url)


def _is_to_itself(seen: Exchange) -> bool:
    """Absolute form is allowed to a server itself; its Host then names the server, and so does the target."""
    host = seen.field("host").lower()
    return (
        seen.url.scheme == "https" and bool(seen.sni) and seen.sni == seen.url.host == host.partition(":")[0]
    )
