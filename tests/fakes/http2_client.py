"""A client of the proxy that speaks HTTP/2 and may say what no browser would."""

import contextlib
import ssl

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, Event, ResponseReceived, StreamEnded, StreamReset


class Http2Client:
    """One HTTP/2 connection in a tunnel, as a context.

    target      of the CONNECT request; its host is the name in the handshake too
    authority   what requests are for; None: the target
    """

    def __init__(self, run, target: str, authority: str | None = None) -> None:
        self._authority = authority or target
        raw, head = run.tunnel(target)
        assert head.startswith(b"HTTP/1.1 200"), head
        context = ssl.create_default_context(cafile=str(run.authority))
        context.set_alpn_protocols(["h2"])
        self._socket = context.wrap_socket(raw, server_hostname=target.partition(":")[0])
        self._socket.settimeout(60)
        self._http = H2Connection(H2Configuration(validate_outbound_headers=False))
        self._http.initiate_connection()
        self._stream = -1

    def __enter__(self) -> "Http2Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, method: str, path: str, *, body: bytes = b"") -> str:
        """Send a request without a length and return the answer's status; "" where the stream is cut."""
        self._begin(method, path, ends=not body)
        if body:
            self._http.send_data(self._stream, body, end_stream=True)
        self._flush()
        status = ""
        while True:
            for event in self._received():
                if isinstance(event, ResponseReceived):
                    status = dict(event.headers)[b":status"].decode()
                elif isinstance(event, StreamEnded | StreamReset | ConnectionTerminated):
                    return status

    def send_without_end(self, method: str, path: str, *, at_most: int) -> int:
        """Send a body until nobody takes more of it, and return how many octets were taken."""
        self._begin(method, path, ends=False)
        sent = 0
        with contextlib.suppress(OSError):
            while sent < at_most:
                room = min(self._http.local_flow_control_window(self._stream), 16_384)
                if not room:
                    self._flush()
                    if any(isinstance(one, StreamReset | ConnectionTerminated) for one in self._received()):
                        break
                    continue
                self._http.send_data(self._stream, b"x" * room)
                sent += room
                self._flush()
        return sent

    def _begin(self, method: str, path: str, *, ends: bool) -> None:
        self._stream += 2
        fields = [(":method", method), (":scheme", "https"), (":authority", self._authority), (":path", path)]
        self._http.send_headers(self._stream, fields, end_stream=ends)

    def _received(self) -> list[Event]:
        data = self._socket.recv(65536)
        if not data:
            return [ConnectionTerminated()]
        found = self._http.receive_data(data)
        self._flush()
        return found

    def _flush(self) -> None:
        self._socket.sendall(self._http.data_to_send())
