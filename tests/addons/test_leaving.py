"""A worker that ends has its clients go elsewhere, and cuts off no request."""

import socket
import threading

from fake_origins import http_origin, serving
from school_proxy import read_all, read_head, records_for, school

NAMES = records_for("learn.test")


def get(connection: socket.socket, port: int) -> None:
    connection.sendall(f"GET http://learn.test:{port}/ HTTP/1.1\r\nHost: learn.test:{port}\r\n\r\n".encode())


def test_an_answer_given_while_leaving_is_its_connection_s_last(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        get(connection, origin.port)
        assert b"connection: close" not in read_head(connection).lower()
        run.on_loop(run.proxy._leaving.begin)
        get(connection, origin.port)
        assert b"connection: close" in read_all(connection).lower()


def test_a_request_under_way_is_answered_while_the_worker_stops(tmp_path):
    asked, may_answer = threading.Event(), threading.Event()

    def slow(connection, _):
        connection.recv(65536)
        asked.set()
        may_answer.wait(60)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")

    with serving(slow) as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        get(connection, origin.port)
        asked.wait(60)
        run.on_loop(run.proxy._leaving.begin)
        run.on_loop(run.proxy.door.close)
        may_answer.set()
        answer = read_all(connection)
        assert (answer[:12], answer[-4:]) == (b"HTTP/1.1 200", b"late")
