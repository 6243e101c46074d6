"""Long bodies pass piece by piece, and memory stays flat."""

import pytest

from fake_origins import http_origin, page
from school_proxy import read_all, read_head, records_for, school

NAMES = records_for("learn.test", "games.test")
MIB = 1024 * 1024


def test_a_site_cannot_ask_for_the_schools_log_in(tmp_path):
    asking = b'HTTP/1.1 407 Log in\r\nProxy-Authenticate: Basic realm="School"\r\nContent-Length: 0\r\n\r\n'
    with (
        http_origin(lambda _: asking) as origin,
        school(tmp_path, records=NAMES) as run,
        run.client() as client,
    ):
        answer = client.get(f"http://learn.test:{origin.port}/")
        assert (answer.status_code, answer.headers.get("proxy-authenticate")) == (407, None)


def chunked(*pieces: bytes) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


@pytest.mark.parametrize("size", [10, 5 * MIB], ids=["short", "long"])
def test_downloads_come_whole_and_their_size_is_in_the_event(tmp_path, size):
    with http_origin(lambda _: page("x" * size)) as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            assert len(client.get(f"http://learn.test:{origin.port}/").content) == size
        [event] = run.events_when(bool)
        assert event.bytes == size


def test_an_answer_of_unknown_length_is_passed_on_piece_by_piece(tmp_path):
    answer = chunked(b"one ", b"two ", b"three")
    with http_origin(lambda _: answer) as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            assert client.get(f"http://learn.test:{origin.port}/").text == "one two three"
        [event] = run.events_when(bool)
        assert event.bytes == 13


@pytest.mark.parametrize("size", [10, 3 * MIB], ids=["short", "long"])
def test_uploads_arrive_whole(tmp_path, size):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        assert client.post(f"http://learn.test:{origin.port}/", content=b"u" * size).status_code == 200
        assert len(origin.requests[0].body) == size


def test_an_upload_of_unknown_length_arrives_whole(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        pieces = (b"a" * 1000 for _ in range(50))
        assert client.post(f"http://learn.test:{origin.port}/", content=pieces).status_code == 200
        assert len(origin.requests[0].body) == 50_000


def test_nothing_of_a_blocked_upload_is_taken_beyond_a_short_one(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            short = client.post(f"http://games.test:{origin.port}/", content=b"s" * 1000)
        assert short.status_code == 403
        with run.connect() as connection:
            head = "POST http://games.test/ HTTP/1.1\r\nHost: games.test\r\nContent-Length: 99999999\r\n\r\n"
            connection.sendall(head.encode())
            assert read_all(connection) == b""
        assert origin.connections == 0
        assert [event.host for event in run.events()] == ["games.test"] * 2


def test_bodies_beyond_the_settings_are_cut_off(tmp_path):
    with (
        http_origin(lambda _: chunked(*[b"x" * MIB] * 4)) as origin,
        school(tmp_path, records=NAMES, max_request_bytes=2 * MIB, max_response_bytes=2 * MIB) as run,
    ):
        with run.connect() as connection:
            connection.sendall(
                f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
            )
            assert len(read_all(connection)) < 3 * MIB
        with run.connect() as connection:
            head = f"POST http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n"
            connection.sendall(f"{head}Content-Length: {3 * MIB}\r\n\r\n".encode())
            assert read_head(connection) == b""
