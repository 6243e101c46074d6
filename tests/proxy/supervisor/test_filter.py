import socket

import pytest

from proxy.supervisor.filter import listening_socket


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_proxys_socket_takes_connections_before_any_worker_runs(host):
    with listening_socket(host, 0) as listening:
        with socket.create_connection(listening.getsockname()[:2], timeout=60):
            pass
        assert listening.getblocking() is False


def test_a_taken_port_is_said_with_address_and_port():
    with listening_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1 port {port}"):
            listening_socket("127.0.0.1", port)
