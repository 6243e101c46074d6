"""Where does the block-page host listen?"""

import socket
from dataclasses import dataclass

from proxy.settings.schema import Settings

BACKLOG = 256


class CannotListen(Exception):
    """The block-page host cannot listen where the settings say; the message names place and remedy."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bound, non-blocking listening socket.

    fallback    the name on the certificate for a client that sends none
    """

    socket: socket.socket
    address: str
    port: int
    fallback: str
    tls: bool


def listen(settings: Settings, *, reuse_port: bool) -> list[Place]:
    """Bind every place that `block_page` names.

    reuse_port    several processes listen at the same place, and the kernel spreads connections

    Raises CannotListen, with nothing left open.
    """
    wanted = [
        *((endpoint, False) for endpoint in settings.block_page.listen_http),
        *((endpoint, True) for endpoint in settings.block_page.listen_https),
    ]
    places: list[Place] = []
    try:
        for endpoint, tls in wanted:
            listener = _bound(endpoint.host, endpoint.port, reuse_port=reuse_port, tls=tls)
            fallback = _certificate_name(endpoint.host, settings)
            places.append(Place(listener, endpoint.host, listener.getsockname()[1], fallback, tls))
    except CannotListen:
        for place in places:
            place.socket.close()
        raise
    return places


def _certificate_name(address: str, settings: Settings) -> str:
    """Who we are to a client that sends no name: the address that it has most likely used."""
    if address not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return address
    addresses = settings.block_page.addresses
    return str(addresses[0]) if addresses else settings.block_page.host


def _bound(address: str, port: int, *, reuse_port: bool, tls: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise CannotListen(_why_not(address, port, error, tls=tls)) from error
    return listener


def _why_not(address: str, port: int, error: OSError, *, tls: bool) -> str:
    key = "listen_https" if tls else "listen_http"
    hint = "choose an address of this machine and a port that nothing else uses"
    if isinstance(error, PermissionError):
        hint = "ports below 1024 need the capability CAP_NET_BIND_SERVICE"
    return f"block_page.{key}: {address} port {port}: {error.strerror}; {hint}"
