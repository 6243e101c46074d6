"""What TLS clients say first, whole or cut up."""

import contextlib
import ssl


def client_hello(name: str | None = "www.example.org") -> bytes:
    """A ClientHello as OpenSSL makes it."""
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def in_records(hello: bytes, size: int) -> bytes:
    """The same message in several TLS records of so many octets."""
    message = hello[5:]
    return b"".join(
        hello[:3] + len(part).to_bytes(2, "big") + part
        for part in (message[at : at + size] for at in range(0, len(message), size))
    )
