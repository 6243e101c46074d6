"""A small real HTTP/2 server."""

import socket
import ssl

import h2.config
import h2.connection
import h2.events

from fake_origins import Origin, serving


def h2_origin(
    tls: ssl.SSLContext, answer: bytes = b"origin says h2", fields: tuple[tuple[str, str], ...] = ()
):
    """An origin that speaks nothing but HTTP/2 and remembers the paths it was asked for."""
    tls.set_alpn_protocols(["h2"])

    def handle(connection: socket.socket, origin: Origin) -> None:
        stream = tls.wrap_socket(connection, server_side=True)
        engine = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        engine.initiate_connection()
        stream.sendall(engine.data_to_send())
        while data := stream.recv(65536):
            for event in engine.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    origin.requests.append(dict(event.headers)[b":path"].decode())
                elif isinstance(event, h2.events.StreamEnded):
                    engine.send_headers(event.stream_id, [(":status", "200"), *fields])
                    engine.send_data(event.stream_id, answer, end_stream=True)
            stream.sendall(engine.data_to_send())

    return serving(handle)
