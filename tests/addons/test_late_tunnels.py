"""CONNECT where it does not belong."""

from fake_origins import TestAuthority, http_origin, raw_origin
from known_ways import delivered
from proxy.decision.verdict import Action, Reason
from school_proxy import read_all, read_head, records_for, school

NAMES = records_for("learn.test")


def test_behind_a_plain_request_the_connection_closes_without_an_answer(tmp_path):
    with raw_origin() as target, http_origin() as origin:
        with (
            school(tmp_path, records=NAMES, connect_ports=[target.port]) as run,
            run.connect() as connection,
        ):
            connection.sendall(
                f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
            )
            assert read_head(connection).startswith(b"HTTP/1.1 200")
            connection.sendall(
                f"CONNECT learn.test:{target.port} HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
            )
            assert b"HTTP/1.1" not in read_all(connection)
        assert target.connections == 0


def test_inside_another_tunnel_it_is_refused_and_told_for_what_it_is(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        raw_origin(tls=origins.context("learn.test")) as target,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[target.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        raw, _ = run.tunnel(f"learn.test:{target.port}")
        secure = run.tls(raw, "learn.test")
        secure.sendall(b"CONNECT games.example.com:443 HTTP/1.1\r\nHost: games.example.com\r\n\r\n")
        assert read_head(secure).startswith(b"HTTP/1.1 400")
        [event] = run.events_when(bool)
        assert (event.action, event.reason, event.host) == (
            Action.BLOCK,
            Reason.WAY_AROUND,
            "games.example.com",
        )
        assert (event.rule, target.connections) == ("proxy.foreign_connect", 0)
