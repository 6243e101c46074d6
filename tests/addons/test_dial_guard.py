"""The last door before the network."""

from mitmproxy.connection import Client, Server
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from addons.dial_guard import DialGuard
from proxy.frontdoor.destinations import Destinations
from proxy.frontdoor.dialling import Dialling
from proxy.frontdoor.sessions import Session, Sessions
from proxy.gateway import Gateway

ADDRESS = ("198.51.100.1", 443)


def guard(state):
    sessions = Sessions()
    return DialGuard(sessions, Dialling(Gateway(state), None, Destinations)), sessions


def connecting(session_id: str) -> ServerConnectionHookData:
    client = Client(peername=("192.0.2.7", 5000), sockname=("192.0.2.1", 8080))
    client.id = session_id
    return ServerConnectionHookData(Server(address=ADDRESS), client)


def test_only_what_was_approved_for_this_client_is_dialled(tmp_path):
    door, sessions = guard(tmp_path)
    session, other = Session("192.0.2.7"), Session("192.0.2.7")
    for one in (session, other):
        sessions.begin(one)
    session.approve(ADDRESS)
    mine, theirs = connecting(session.id), connecting(other.id)
    door.server_connect(mine)
    door.server_connect(theirs)
    assert (mine.server.error, theirs.server.error) == (None, "the filter has not judged this address")


def test_an_address_that_did_not_answer_has_to_be_approved_anew(tmp_path):
    door, sessions = guard(tmp_path)
    session = Session("192.0.2.7")
    sessions.begin(session)
    session.approve(ADDRESS)
    door.server_connect_error(connecting(session.id))
    assert session.approved == {}


def test_for_a_client_that_has_gone_nothing_is_dialled_and_nothing_is_a_fault(tmp_path):
    door, _ = guard(tmp_path)
    data = connecting("gone")
    door.server_connect_error(data)
    door.server_connect(data)
    assert data.server.error == "the filter has not judged this address"
