"""Who may use the proxy, and how much of it at once."""

from mitmproxy.connection import Client

from addons.browsing_log import BrowsingLog
from addons.clients import Clients
from addons.sessions import Sessions
from proxy.gateway import Gateway
from school_proxy import PUPIL, STRANGER, settings_of


def gate(state, **limits: int) -> tuple[Clients, Sessions]:
    gateway = Gateway(state, fallback=settings_of(state, max_connections=10))
    sessions = Sessions()
    return Clients(gateway, sessions, BrowsingLog(gateway, sessions), **limits), sessions


def client(address: str) -> Client:
    return Client(peername=(address, 5000), sockname=("127.0.0.1", 8080))


def test_a_client_of_ours_gets_a_session_and_a_stranger_an_error(tmp_path):
    clients, sessions = gate(tmp_path)
    ours, stranger = client(PUPIL), client(STRANGER)
    for one in (ours, stranger):
        clients.client_connected(one)
    assert (ours.error, bool(stranger.error)) == (None, True)
    assert sessions.of(ours.id).client == PUPIL
    assert len(sessions) == 1


def test_an_address_holds_so_many_connections_and_gets_room_when_one_ends(tmp_path):
    clients, sessions = gate(tmp_path, max_per_client=2)
    first, second, third, fourth = (client(PUPIL) for _ in range(4))
    for one in (first, second, third):
        clients.client_connected(one)
    assert third.error == "this client holds too many connections"
    for one in (third, first):
        clients.client_disconnected(one)
    clients.client_connected(fourth)
    assert (fourth.error, len(sessions)) == (None, 2)


def test_a_worker_holds_so_many_connections_in_all(tmp_path):
    clients, sessions = gate(tmp_path)
    held = [client(PUPIL) for _ in range(11)]
    for one in held:
        clients.client_connected(one)
    assert [bool(one.error) for one in held] == [False] * 10 + [True]
    for one in held:
        clients.client_disconnected(one)
    assert len(sessions) == 0


def test_an_ipv4_client_on_an_ipv6_socket_is_the_same_client(tmp_path):
    clients, sessions = gate(tmp_path)
    mapped = client(f"::ffff:{PUPIL}")
    clients.client_connected(mapped)
    assert sessions.of(mapped.id).client == PUPIL
