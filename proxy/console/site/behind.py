"""Who is the client when a web proxy stands in front of the console?

Only a trusted proxy's word is taken, and of a chain only what the last trusted one saw: whatever stands
further left in X-Forwarded-For was written by the client itself. Where a trusted proxy does not say for whom
it speaks, nobody knows, and the address is one that lies in no network.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UNKNOWN = "0.0.0.0"  # noqa: S104  (an address of nobody; nothing is bound to it)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


class BehindProxies:
    """Puts the true client address and scheme where Django looks for them, and takes the rest away."""

    def __init__(self, inner: "WSGIApplication", trusted: Sequence[str]) -> None:
        self._inner = inner
        self._trusted = [ip_network(each) for each in trusted]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        sender = _address(str(environ.get("REMOTE_ADDR", "")))
        if sender is not None and self._trusts(sender):
            environ["REMOTE_ADDR"] = self._client(str(environ.get("HTTP_X_FORWARDED_FOR", "")))
            environ["wsgi.url_scheme"] = _scheme(environ)
        elif sender is not None:
            environ["REMOTE_ADDR"] = str(sender)
        for name in FORWARDED:
            environ.pop(name, None)
        return self._inner(environ, start_response)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted if network.version == address.version)

    def _client(self, chain: str) -> str:
        """The first address, from the right, that is no trusted proxy."""
        client = UNKNOWN
        for word in reversed(chain.split(",")):
            address = _address(word.strip())
            if address is None:
                break
            client = str(address)
            if not self._trusts(address):
                break
        return client


def _scheme(environ: "WSGIEnvironment") -> str:
    """The scheme that the last proxy was spoken to with."""
    said = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).rpartition(",")[2].strip().lower()
    return said if said in ("http", "https") else str(environ["wsgi.url_scheme"])


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        address = ip_address(text)
        return getattr(address, "ipv4_mapped", None) or address
    return None
