"""With which certificate does a TLS handshake go on, and which name did the client ask for?"""

import ssl
from collections.abc import Callable

from proxy.authority.errors import AuthorityProblem
from proxy.authority.leaves import Leaves


class NamedTls(ssl.SSLObject):
    """A TLS connection that remembers which name its client asked for; "" when it sent none."""

    sni = ""


def server_context(leaves: Leaves, fallback: str, fault: Callable[[Exception], None]) -> ssl.SSLContext:
    """Return a context that answers each client with a certificate for the name that it asks for.

    fallback    the name to use for a client that sends none
    fault       is told of what nobody foresaw; the handshake is then refused
    """

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        try:
            connection.context = leaves.leaf_for(name or fallback).context
        except AuthorityProblem:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        except Exception as error:  # noqa: BLE001  (OpenSSL calls this: nothing may escape)
            fault(error)
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        if isinstance(connection, NamedTls):
            connection.sni = name or ""
        return None

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.sslobject_class = NamedTls
    context.sni_callback = choose
    return context


def name_asked(connection: object) -> str | None:
    """The name that a connection's client asked for: "" when it sent none, None without TLS."""
    return connection.sni if isinstance(connection, NamedTls) else None
