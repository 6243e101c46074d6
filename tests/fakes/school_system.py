"""A system of the school's own that takes messages: a real server on loopback, with TLS or without.

says     what it answers: octets that are sent as they are
taken    field names in lower case -> values, and the body, of each message, in order
silent   it answers nothing, and keeps the connection
connections   how many it has taken up
"""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from proxy.authority.authority import Authority
from proxy.authority.leaves import Leaves

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class SchoolSystem:
    """Listens on a port of an address of this machine while used as a context."""

    def __init__(self, *, tls: Path | None = None, at: str = "127.0.0.1", name: str = "localhost") -> None:
        """
        tls    directory for an authority of its own; `ca` is its certificate
        name   what it is called, in its certificate too
        """
        self.connections = 0
        self._at, self._name = at, name
        self.says = TAKEN
        self.silent = False
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.ca: Path | None = None
        self._tls: ssl.SSLContext | None = None
        if tls is not None:
            authority = Authority.open_or_create(tls, "A system of the school")
            self.ca = authority.certificate_path
            self._tls = Leaves(authority).leaf_for(name).context
        self._kept: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._tls else 'http'}://{self._name}:{self.port}/incidents?from=filter"

    def __enter__(self) -> Self:
        self._listening = socket.create_server((self._at, 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(30)
        for one in self._kept:
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            with suppress(OSError):
                self._one(one)

    def _one(self, one: socket.socket) -> None:
        self.connections += 1
        one.settimeout(30)
        if self._tls is not None:
            one = self._tls.wrap_socket(one, server_side=True)
        self._kept.append(one)
        with one.makefile("rb") as file:
            request = file.readline().decode().strip()
            fields = {}
            while line := file.readline().strip():
                name, _, value = line.decode().partition(":")
                fields[name.lower()] = value.strip()
            body = file.read(int(fields["content-length"]))
        self.taken.append((request, fields, body))
        if not self.silent:
            one.sendall(self.says)
            one.shutdown(socket.SHUT_WR)
