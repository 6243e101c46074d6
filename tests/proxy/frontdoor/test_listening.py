"""Sockets that clients come in by."""

import os
import socket

import pytest

from proxy.frontdoor.listening import inherited_listener, open_listener
from proxy.settings.fields import Endpoint
from school_proxy import read_all, records_for, school


def test_several_processes_may_share_a_port_and_others_may_not():
    with open_listener(Endpoint("127.0.0.1", 0), share=True) as first:
        where = Endpoint("127.0.0.1", first.getsockname()[1])
        with open_listener(where, share=True) as second:
            assert second.getsockname() == first.getsockname()
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{where.port}: cannot listen here: Address already"):
            open_listener(where)


def test_ipv6_is_listened_on_by_its_own_socket():
    with open_listener(Endpoint("::1", 0)) as listener:
        assert listener.family is socket.AF_INET6
        assert listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


def test_the_address_of_all_interfaces_serves_both_families():
    with open_listener(Endpoint("::", 0)) as listener:
        port = listener.getsockname()[1]
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=60).close()


def test_an_inherited_socket_must_be_a_listening_one():
    with open_listener(Endpoint("127.0.0.1", 0)) as listener:
        copy = inherited_listener(os.dup(listener.fileno()))
        assert copy.getsockname() == listener.getsockname()
        copy.close()
    plain = socket.socket()
    with pytest.raises(OSError, match="is not a listening socket"):
        inherited_listener(os.dup(plain.fileno()))
    plain.close()


def test_whoever_was_not_redirected_gets_nothing_from_the_port_for_redirected_traffic(tmp_path):
    with school(tmp_path, records=records_for()) as run, run.connect(port=run.transparent_port) as connection:
        assert read_all(connection) == b""


def test_nor_does_whoever_was_going_to_that_very_port(tmp_path):
    """Where the kernel tracks connections, it names a destination for these as well."""
    with school(tmp_path, records=records_for("learn.test")) as run:
        run.going_to.append(("127.0.0.1", run.transparent_port))
        with run.connect(port=run.transparent_port) as connection:
            assert read_all(connection) == b""
