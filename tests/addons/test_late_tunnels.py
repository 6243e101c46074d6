"""CONNECT where it does not belong."""

from fake_origins import http_origin, raw_origin
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
