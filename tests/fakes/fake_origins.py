"""Small real servers on loopback that remember what reached them."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

type Answer = Callable[["Seen"], bytes]


@dataclass(frozen=True)
class Seen:
    """One request as the origin got it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    sni: str


def page(text: str, *fields: str, status: str = "200 OK") -> bytes:
    body = text.encode()
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: text/html", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass
class Origin:
    """A listening TCP server: its port, what it saw, how many connections it got."""

    port: int
    requests: list[Seen] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    connections: int = 0


@contextlib.contextmanager
def serving(
    handle: Callable[[socket.socket, Origin], None], host: str = "127.0.0.1", port: int = 0
) -> Iterator[Origin]:
    """Serve each connection in a thread of its own until the block ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    origin = Origin(listener.getsockname()[1])

    def one(connection: socket.socket) -> None:
        origin.connections += 1
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            connection.settimeout(60)
            handle(connection, origin)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield origin
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def http_origin(
    answer: Answer | None = None, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
):
    """An HTTP/1.1 origin with keep-alive; `answer` gives the whole response."""
    answer = answer or (lambda seen: page(f"origin says {seen.target}"))

    def handle(connection: socket.socket, origin: Origin) -> None:
        stream, sni = connection, ""
        if tls is not None:
            stream = tls.wrap_socket(connection, server_side=True)
            sni = getattr(stream, "asked_name", "") or ""
        reader = stream.makefile("rb")
        while True:
            seen = _read_request(reader, sni)
            if seen is None:
                return
            origin.requests.append(seen)
            stream.sendall(answer(seen))
            if seen.headers.get("connection", "").lower() == "close":
                stream.shutdown(socket.SHUT_RDWR)
                return

    return serving(handle, host, port)


def raw_origin(
    host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, greeting: bytes = b"", port: int = 0
):
    """A server that keeps every byte that reaches it and echoes it."""

    def handle(connection: socket.socket, origin: Origin) -> None:
        stream = tls.wrap_socket(connection, server_side=True) if tls else connection
        if greeting:
            stream.sendall(greeting)
        while data := stream.recv(65536):
            origin.octets += data
            stream.sendall(data)

    return serving(handle, host, port)


def _read_request(reader, sni: str) -> Seen | None:
    line = reader.readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    method, target, _ = line.split(" ", 2)
    headers: dict[str, str] = {}
    while field_line := reader.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = field_line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(reader.readline(), 16):
            body += reader.read(size)
            reader.readline()
        reader.readline()
    else:
        body = reader.read(int(headers.get("content-length", "0")))
    return Seen(method, target, headers, body, sni)


class TestAuthority:
    """A CA for origins, which the proxy is told to believe."""

    __test__ = False

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Origins CA")])
        self._certificate = self._sign(name, name, self._key, [], ca=True)
        self.path = directory / "origins-ca.pem"
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, *hosts: str) -> ssl.SSLContext:
        """A server context with a certificate for these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        names = [
            x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts
        ]
        certificate = self._sign(name, self._certificate.subject, key, names)
        path = self._directory / f"{hosts[0]}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.sni_callback = lambda one, sni, _: setattr(one, "asked_name", sni)
        return context

    def _sign(self, subject, issuer, key, names, ca=False):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(_usage(ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
