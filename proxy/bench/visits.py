"""What does one client see through a proxy: which page, and whose certificate?"""

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from proxy.bench.questions import LOOPBACK

TIMEOUT_S = 15.0
MAX_HEAD = 65_536
CLIENT_HOLDS = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer.

    status   of HTTP; 0 when the connection was closed instead
    length   octets of the body that came
    issuer   common name of who signed the certificate; "" without TLS
    """

    status: int
    length: int = 0
    issuer: str = ""


CLOSED = Seen(0)


def plain(port: int, host: str, path: str, *, direct: bool = False) -> Seen:
    """Ask a proxy for an http address; `direct` asks a web server."""
    address = path if direct else f"http://{host}{path}"
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), TIMEOUT_S) as connection:
        connection.sendall(_get(address, host))
        return _read(connection)
    return CLOSED


def secure(port: int, host: str, target: int, path: str, *, direct: bool = False) -> Seen:
    """Ask for an https address through CONNECT; `direct` without a proxy, from the port itself."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), TIMEOUT_S) as connection:
        if not direct:
            status = tunnel(connection, f"{host}:{target}")
            if status != 200:
                return Seen(status)
        with _client_side().wrap_socket(connection, server_hostname=host) as inside:
            issuer = issuer_of(inside.getpeercert(binary_form=True) or b"")
            inside.sendall(_get(path, host if direct or target == 443 else f"{host}:{target}"))
            seen = _read(inside)
            return Seen(seen.status, seen.length, issuer)
    return CLOSED


def tunnel(connection: socket.socket, target: str) -> int:
    """Ask a proxy for a tunnel; return the status of its answer, 0 for none.

    Raises OSError.
    """
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
        piece = connection.recv(1)  # nothing of what follows may be taken
        if not piece:
            return 0
        head += piece
    return status_of(head)


def status_of(head: bytes) -> int:
    """The status in the head of an answer; 0 when there is none."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return int(found.group(1)) if found else 0


def issuer_of(certificate: bytes) -> str:
    """Common name of the issuer of a certificate in DER form."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    names = x509.load_der_x509_certificate(certificate).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def greeting(host: str) -> bytes:
    """The first bytes of a TLS client that asks for a host."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = _client_side().wrap_bio(incoming, outgoing, server_hostname=host)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@contextlib.contextmanager
def idle(port: int, host: str, target: int, count: int) -> Iterator[list[socket.socket]]:
    """Hold so many tunnels open, in each of which a TLS client has greeted and says no more.

    Like those of a school they come from many addresses: no proxy lets one client have all of them.

    Raises OSError when one cannot be had.
    """
    hello, held = greeting(host), []
    try:
        for number in range(count):
            own = f"127.0.2.{1 + number // CLIENT_HOLDS}"
            connection = socket.create_connection((LOOPBACK, port), TIMEOUT_S, source_address=(own, 0))
            held.append(connection)
            if tunnel(connection, f"{host}:{target}") != 200:
                raise ConnectionRefusedError(f"no tunnel after {len(held)} connections")
            connection.sendall(hello)
        yield held
    finally:
        for connection in held:
            connection.close()


def until_open(port: int, lives: Callable[[], bool], limit_s: float) -> bool:
    """Wait until somebody accepts connections on a port."""
    deadline = time.monotonic() + limit_s
    while lives() and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1.0):
            return True
        time.sleep(0.02)
    return False


@lru_cache(maxsize=1)
def _client_side() -> ssl.SSLContext:
    """A client that looks at certificates itself: who signed is what is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _get(address: str, host: str) -> bytes:
    return f"GET {address} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def _read(connection: socket.socket) -> Seen:
    received = b""
    with contextlib.suppress(OSError):
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return Seen(status_of(head), len(body))
