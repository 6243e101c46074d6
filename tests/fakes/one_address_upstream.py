"""An upstream resolver for whole-filter tests: every name of the world has the same address.

The address is a public one that nobody serves pages on (AS112, RFC 7535), so that a filter which
lets a listed name pass is caught by it and nothing is disturbed.
"""

import socket
import threading

ADDRESS = "192.31.196.1"
A = 1


class OneAddressUpstream:
    """Answers over UDP on loopback, in a thread, while used as a context. `names` are those it was asked."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port: int = self._socket.getsockname()[1]
        self.names: set[str] = set()

    def __enter__(self) -> "OneAddressUpstream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(60)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(4096)
            if not query:
                return
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        end = query.index(b"\0", 12) + 5
        self.names.add(_text(query[12 : end - 4]))
        question = query[12:end]
        has_address = int.from_bytes(question[-4:-2]) == A
        header = query[:2] + b"\x81\x80\x00\x01" + has_address.to_bytes(2) + b"\x00\x00\x00\x00"
        record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04" + socket.inet_aton(ADDRESS)
        return header + question + (record if has_address else b"")


def _text(name: bytes) -> str:
    labels, at = [], 0
    while length := name[at]:
        labels.append(name[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels)
