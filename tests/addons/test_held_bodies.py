"""Bodies that are held until somebody has looked at them arrive as they were sent, slow ones too."""

import socket
import threading

import httpx
import pytest

from addons import held_bodies
from addons.coded_bodies import Decoding
from addons.held_bodies import MAX_LOOKS, Held
from exchanges import answered
from fake_origins import TestAuthority, http_origin, serving
from known_ways import delivered
from looked_into import CODE, FRONT, NOISE, PLAIN, WORKER, answer, stopped
from proxy.bypass.exchange.bodies import PIECE, Reading, marks_in
from proxy.bypass.observed import MAX_BODY, MAX_WORKER
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test")


class Slow:
    """A server that sends pieces of an answer one by one, when it is told to."""

    def __init__(self, type_: str, *pieces: bytes) -> None:
        self._type, self._pieces, self.go = type_, pieces, [threading.Event() for _ in pieces]

    def __call__(self, connection, origin) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {self._type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        for piece, go in zip(self._pieces, self.go, strict=True):
            assert go.wait(60)
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1", "HTTP/2"])
def test_ordinary_answers_arrive_octet_for_octet(tmp_path, http2):
    kinds = ["text/html", "image/png", ""]
    if not http2:
        kinds += [*PLAIN.values(), "application/octet-stream", "text/event-stream", "font/woff2"]
    coded = {
        (coding, size): CODE[coding](NOISE[:size]) for coding in CODE for size in (0, 300, MAX_BODY, 300_000)
    }
    cases = [
        (kind, coding, size, pieces)
        for kind in kinds
        for coding in CODE
        for size, pieces in ((0, 0), (300, 0), (300, 50), (MAX_BODY, 9000), (300_000, 0), (300_000, 65_000))
    ]
    answers = [answer(NOISE[:size], kind, code, pieces=pieces) for kind, code, size, pieces in cases]
    origins = TestAuthority(tmp_path)
    with (
        http_origin(lambda seen: answers[int(seen.target[1:])], tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client(http2=http2) as client:
            for number, (kind, coding, size, _) in enumerate(cases):
                with client.stream("GET", f"https://learn.test:{origin.port}/{number}") as got:
                    sent = b"".join(got.iter_raw())
                assert (got.status_code, got.headers.get("content-type", "")) == (200, kind)
                assert sent == coded[coding, size], (kind, coding, size)
        assert stopped(run) == []


def test_what_ends_with_the_connection_arrives_whole(tmp_path):
    def handle(connection, origin):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + NOISE)

    with serving(handle) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            assert client.get(f"http://learn.test:{origin.port}/").content == NOISE


@pytest.mark.parametrize("type_", ["text/plain", "text/html", "text/event-stream", "image/png"])
def test_what_comes_slowly_is_passed_on_as_it_comes(tmp_path, type_):
    slow = Slow(type_, b"one", b"two")
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client, client.stream("GET", f"http://learn.test:{origin.port}/") as got:
            pieces = got.iter_raw()
            for go, expected in zip(slow.go, (b"one", b"two"), strict=True):
                go.set()
                assert next(pieces) == expected
            assert list(pieces) == []


@pytest.mark.parametrize("type_", ["text/plain", "application/json", "text/html"])
def test_lines_of_a_slow_answer_wait_for_nothing_but_the_look_at_them(tmp_path, monkeypatch, type_):
    lines = [b"%d\n" % number for number in range(8)]
    slow = Slow(type_, *lines)
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        url = f"http://learn.test:{origin.port}/"
        with run.client() as client, client.stream("GET", url, timeout=20) as got:
            pieces = got.iter_raw()
            for go, expected in zip(slow.go, lines, strict=True):
                go.set()
                assert next(pieces) == expected
                monkeypatch.setattr(held_bodies, "PATIENCE_S", 600)


def test_an_upload_that_comes_slowly_reaches_its_server_before_its_end(tmp_path):
    arrived = threading.Event()

    def handle(connection, origin):
        while b"first" not in origin.octets:
            origin.octets += connection.recv(65536)
        arrived.set()
        while b"0\r\n\r\n" not in origin.octets:
            origin.octets += connection.recv(65536)
        connection.sendall(answer(b"thanks", "text/plain"))

    def body():
        yield b"first"
        assert arrived.wait(60)
        yield b"second"

    with serving(handle) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            assert client.post(f"http://learn.test:{origin.port}/", content=body()).text == "thanks"
        assert b"second" in origin.octets


QUESTION = b"\0\0\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1", "HTTP/2"])
@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([QUESTION[:20], QUESTION[20:]], QUESTION[:20], id="DNS in two pieces"),
        pytest.param([QUESTION[:9], QUESTION[9:18], QUESTION[18:]], QUESTION[:18], id="DNS in three"),
    ],
)
def test_an_upload_that_shows_late_is_cut_off_before_the_piece_that_shows_it(
    tmp_path, pieces, expected, http2
):
    arrived, origins = [threading.Event() for _ in pieces], TestAuthority(tmp_path)

    def handle(raw, origin):
        connection = origins.context("learn.test").wrap_socket(raw, server_side=True)
        for count in range(1, len(pieces) + 1):
            while chunks(origin.octets) != b"".join(pieces[:count]):
                got = connection.recv(65536)
                if not got:
                    return
                origin.octets += got
            arrived[count - 1].set()

    def body():
        for number, piece in enumerate(pieces):
            assert not number or arrived[number - 1].wait(60)
            yield piece

    with (
        serving(handle) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client(http2=http2) as client, pytest.raises(httpx.HTTPError):
            client.post(f"https://learn.test:{origin.port}/api", content=body())
        assert chunks(origin.octets) == expected
        assert stopped(run) == ["dns.doh"]


def chunks(sent: bytes) -> bytes:
    """The octets in the whole chunks of a request."""
    found, rest = b"", sent.partition(b"\r\n\r\n")[2]
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        found, rest = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return found


def test_an_upload_is_told_to_its_server_when_its_client_breaks_it_off(tmp_path):
    begun, over = threading.Event(), threading.Event()

    def handle(connection, origin):
        while b"first" not in origin.octets:
            origin.octets += connection.recv(65536)
        begun.set()
        if read_all(connection) == b"":
            over.set()

    with serving(handle) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.connect() as connection:
            host = f"learn.test:{origin.port}"
            head = f"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head.encode() + b"5\r\nfirst\r\n")
            assert begun.wait(60)
        assert over.wait(60)


def test_an_upload_goes_on_after_its_server_has_answered(tmp_path):
    rest = threading.Event()

    def handle(connection, origin):
        while b"first" not in origin.octets:
            origin.octets += connection.recv(65536)
        connection.sendall(answer(b"thanks", "text/plain"))
        while b"second" not in origin.octets:
            origin.octets += connection.recv(65536)
        rest.set()

    with serving(handle) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.connect() as connection:
            host = f"learn.test:{origin.port}"
            head = f"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head.encode() + b"5\r\nfirst\r\n")
            got = b""
            while b"thanks" not in got:
                got += connection.recv(65536)
            connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            assert rest.wait(60)


def test_what_shows_late_is_cut_off_before_the_piece_that_shows_it(tmp_path):
    slow = Slow("text/html", b"<!doctype html><html><p>Welcome", FRONT)
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.connect() as connection:
            host = f"learn.test:{origin.port}"
            connection.sendall(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            slow.go[0].set()
            got = b""
            while b"Welcome" not in got:
                got += connection.recv(65536)
            slow.go[1].set()
            got += read_all(connection)
        assert b"uv-address" not in got
        [technique] = stopped(run)
        assert technique.startswith("webproxy.")


def test_what_was_known_of_a_body_is_forgotten_when_it_is_let_go():
    held = Held(bytes)
    held.decoding.feed(b"x" * MAX_BODY)
    assert held.is_done
    held.let_go()
    assert (held.is_done, held.decoding.length, held(b"more")) == (True, Decoding().length, b"more")


@pytest.mark.parametrize("limit", [MAX_BODY, MAX_WORKER])
@pytest.mark.parametrize("piece", [100, 5_000])
def test_all_looks_at_a_body_that_drips_read_a_bounded_number_of_octets(limit, piece):
    held, read = Held(bytes, limit=limit), 0
    while not held.is_done:
        held.decoding.feed(b"x" * piece)
        if held.is_due:
            held.look()
            read += held.looked_at
    assert held.looked_at == limit
    assert read <= MAX_LOOKS + 3 * limit


def test_a_small_body_is_looked_at_whenever_more_of_it_came():
    held = Held(bytes)
    for _ in range(30):
        held.decoding.feed(b"data: 1\n")
        assert held.is_due
        held.look()
        assert not held.is_due


def asked_for(origin, run, dest: str) -> socket.socket:
    """A connection on which something was asked for, to be used as `dest` says."""
    connection, host = run.connect(), f"learn.test:{origin.port}"
    head = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Dest: {dest}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """What comes until this has come."""
    got = b""
    while end not in got:
        now = connection.recv(65536)
        assert now, "it was cut off before"
        got += now
    return got


def test_a_worker_that_drips_waits_for_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(held_bodies, "MAX_LOOKS", 0)
    monkeypatch.setattr(held_bodies, "PATIENCE_S", 0.05)
    slow = Slow("text/javascript", b"/*" + b" " * 8000 + b"*/\n", b"second();" + WORKER, b"\n//last\n")
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with asked_for(origin, run, "worker") as connection:
            slow.go[0].set()
            got = read_until(connection, b"*/")
            slow.go[1].set()
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(65536)
            connection.settimeout(60)
            slow.go[2].set()
            got += read_all(connection)
        assert (b"second" in got, got.endswith(b"0\r\n\r\n")) == (False, False)
        [technique] = stopped(run)
        assert technique.startswith("webproxy.")


@pytest.mark.parametrize("at", [0, 30, 60, 90])
def test_of_a_page_that_drips_nothing_passes_unseen(tmp_path, monkeypatch, at):
    """Its looks are used up; the entrance comes then, cut in two somewhere, and the connection stays open."""
    monkeypatch.setattr(held_bodies, "MAX_LOOKS", 0)
    monkeypatch.setattr(held_bodies, "PATIENCE_S", 0.05)
    ends = [b"<!--", b"drips.", b"-->", b"<p>there"]
    begun, drip, cut = b"<!doctype html>" + b" " * 8000 + ends[0], ends[1], FRONT[:at] + ends[2]
    slow = Slow("text/html", begun, drip, cut, FRONT[at:] + ends[3], b"the end")
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with asked_for(origin, run, "document") as connection:
            for go, end in zip(slow.go[:3], ends, strict=False):
                go.set()
                read_until(connection, end)
            slow.go[3].set()
            assert b"<p>there" not in read_all(connection)
        [technique] = stopped(run)
        assert technique.startswith("webproxy.")


def test_all_that_came_is_news_once():
    held, read = Held(bytes), b""
    for number in range(200):
        held.decoding.feed(b"%d\n" % number * 500)
        if held.is_news:
            held.skim()
            read += held.news
            assert not held.is_news
    assert read == held.decoding.body
    held = Held(bytes)
    held.decoding.feed(b"looked at, ")
    held.look()
    assert not held.is_news
    held.decoding.feed(b"and new")
    held.skim()
    assert (held.is_skimmed, held.news) == (True, b"looked at, and new")
    held.look()
    assert not held.is_skimmed


def test_what_follows_a_long_beginning_slowly_is_passed_on_as_it_comes(tmp_path):
    beginning = b"<!doctype html><p>" + b" " * MAX_BODY
    slow = Slow("text/html", beginning, b"one", b"two")
    with serving(slow) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client, client.stream("GET", f"http://learn.test:{origin.port}/") as got:
            pieces, came = got.iter_raw(), b""
            for go, expected in zip(slow.go, (beginning, b"one", b"two"), strict=True):
                go.set()
                while len(came) < len(expected):
                    came += next(pieces)
                assert came == expected
                came = b""
            assert list(pieces) == []


@pytest.mark.parametrize("coding", CODE)
def test_of_a_long_body_no_more_is_held_than_what_is_to_be_looked_at(coding):
    data, held, waiting, most = CODE[coding](NOISE), Held(bytes, coding), 0, 0
    seen = answered("https://a.example/", "text/html", NOISE[:MAX_BODY])
    for at in range(0, len(data), 5_000):
        piece = data[at : at + 5_000]
        held.feed(piece)
        waiting += len(piece)
        if held.reading is None and held.decoding.is_full:
            held.reading = Reading(marks_in)
            assert list(held.reading(seen, delivered())) == []
        while held.reading is not None and held.decoding.is_full:
            held.go_on()
        if held.reading is not None:
            waiting -= held.looked_through()
            most = max(most, waiting)
    assert 0 < most <= PIECE + 5_000
    assert held.decoding.told == len(NOISE)
