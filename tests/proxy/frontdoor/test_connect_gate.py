"""Who may open a tunnel through the explicit proxy, and to which ports."""

import pytest

from fake_origins import raw_origin
from proxy.decision.verdict import Action
from school_proxy import BYOD, STRANGER, read_all, records_for, school

NAMES = records_for("learn.test", "games.test")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("learn.test:443", b"200", id="the usual port"),
        pytest.param("LEARN.test.:443", b"200", id="another spelling"),
        pytest.param("learn.test:22", b"403", id="shells"),
        pytest.param("learn.test:25", b"403", id="mail"),
        pytest.param("games.test:443", b"200", id="blocked: the page comes inside the tunnel"),
        pytest.param("exa_mple..test:443", b"400", id="no name"),
    ],
)
def test_tunnels_lead_to_listed_ports_only(tmp_path, target, status):
    with school(tmp_path, records=NAMES) as run:
        connection, head = run.tunnel(target)
        connection.close()
        assert head[9:12] == status


def test_a_device_that_cannot_be_shown_a_page_inside_gets_it_in_answer_to_connect(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, head = run.tunnel("games.test:443", BYOD)
        page = head + read_all(connection) if b"Connection: close" in head else head
        connection.close()
        assert page.startswith(b"HTTP/1.1 403")
        assert [(e.host, e.action, e.method) for e in run.events()] == [
            ("games.test", Action.BLOCK, "CONNECT")
        ]


def test_a_refused_tunnel_leaves_a_connection_that_is_judged_like_a_new_one(tmp_path):
    with school(tmp_path, records=NAMES) as run, run.connect(BYOD) as connection:
        connection.sendall(b"CONNECT games.test:443 HTTP/1.1\r\nHost: games.test:443\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 403")
        connection.sendall(
            b"GET http://learn.test:1/ HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n"
        )
        assert b"HTTP/1.1 403" in read_all(connection)


def test_nothing_is_dialled_before_the_client_has_said_which_site_it_wants(tmp_path):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        connection, head = run.tunnel(f"learn.test:{target.port}")
        assert head.startswith(b"HTTP/1.1 200")
        connection.close()
        assert target.connections == 0


def test_clients_of_no_configured_network_get_no_answer(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        for port in (run.port, run.transparent_port):
            run.going_to.append(("127.0.0.1", 80))
            with run.connect(STRANGER, port) as connection:
                connection.settimeout(60)
                assert read_all(connection) == b""


def test_a_blocked_tunnel_leaves_its_event_when_nothing_comes_inside(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, head = run.tunnel("games.test:443")
        assert head.startswith(b"HTTP/1.1 200")
        connection.close()
        [event] = run.events_when(bool)
        assert (event.host, event.action, event.method) == ("games.test", Action.BLOCK, "CONNECT")


def test_a_blocked_tunnel_leaves_one_event_when_a_request_comes_inside(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            assert client.get("https://games.test/").status_code == 403
        run.wait_until_idle()
        assert [(event.host, event.stage.value) for event in run.events()] == [("games.test", "http")]
