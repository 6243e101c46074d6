"""Answers that lead around the filter are not sent on, whatever they are coded in and however they come."""

import base64
import gzip
from dataclasses import replace

import httpx
import pytest

from addons.signing import Signing
from fake_origin_h2 import h2_origin
from fake_origins import TestAuthority, http_origin
from known_ways import delivered
from looked_into import BARE, CODE, DNS, FRONT, NOISE, WORKER, answer, stopped
from proxy import metrics
from proxy.bypass.observed import MAX_LONG
from proxy.decision.verdict import Action, Reason
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test", "games.test", "other.test")


@pytest.mark.parametrize("pieces", [0, 11, 5000], ids=["of known length", "in small pieces", "in one piece"])
@pytest.mark.parametrize("coding", CODE)
def test_a_worker_of_a_web_proxy_is_answered_with_the_block_page(tmp_path, coding, pieces):
    with (
        http_origin(lambda _: answer(WORKER, "text/javascript", coding, pieces=pieces)) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client() as client:
            got = client.get(
                f"http://learn.test:{origin.port}/maths/sw.js",
                headers={"Service-Worker": "script", "Accept-Encoding": "gzip, br, zstd"},
            )
        assert (got.status_code, b"UVServiceWorker" in got.content) == (403, False)
        [technique] = stopped(run)
        assert technique.startswith("webproxy.")
        assert len(run.events()) == 1


PADDING = b"/* " + NOISE[:400_000] + b" */\n"
SCRIPT = PADDING + b"self.__uv$config = {};\n"


@pytest.mark.parametrize("pieces", [0, 5_000, 60_000])
@pytest.mark.parametrize("coding", CODE)
def test_a_padded_script_is_stopped_before_the_piece_that_shows_it(tmp_path, coding, pieces):
    with (
        http_origin(lambda _: answer(SCRIPT, "text/javascript", coding, pieces=pieces)) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.connect() as connection:
            host = f"learn.test:{origin.port}"
            connection.sendall(f"GET http://{host}/a.js HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            got = read_all(connection) if pieces else connection.recv(65536)
        if pieces:  # most of the padding passed, and the end did not
            assert (got[:12], len(got) > 100_000) == (b"HTTP/1.1 200", True)
            assert (got.endswith(b"0\r\n\r\n"), b"__uv$config" in got) == (False, False)
        else:
            assert got.startswith(b"HTTP/1.1 403")
        assert stopped(run) == ["webproxy.ultraviolet.script"]
        assert len(run.events()) == 1


def test_what_is_padded_beyond_the_bound_passes_whole(tmp_path):
    late = b"/*" + b" " * MAX_LONG + b"*/self.__uv$config = {};\n"
    sent = [answer(late, "text/javascript", "gzip", pieces=pieces) for pieces in (0, 700)]
    with (
        http_origin(lambda seen: sent[int(seen.target[1:])]) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client(headers={"Accept-Encoding": "gzip"}) as client:
            for number in range(2):
                assert client.get(f"http://learn.test:{origin.port}/{number}").content == late


@pytest.mark.parametrize(
    "coding", ["dcb", "gzip, dcz", "compress", "gzip, gzip, gzip, gzip, gzip", "gzip", "zstd"]
)
@pytest.mark.parametrize("pieces", [0, 30])
def test_what_nobody_here_can_decode_is_refused_where_it_would_be_looked_into(tmp_path, coding, pieces):
    refused = metrics.REFUSED.bind("http", "malformed")
    before = refused.value
    sent = {
        target: answer(b"\x8f\x0b" * 90, type_, "", f"Content-Encoding: {coding}", pieces=pieces)
        for target, type_ in (("/a", "text/html"), ("/b", "image/png"))
    }
    with http_origin(lambda seen: sent[seen.target]) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            got = client.get(f"http://learn.test:{origin.port}/a")
            assert (got.status_code, b"\x8f\x0b" in got.content) == (403, False)
            with client.stream("GET", f"http://learn.test:{origin.port}/b") as passed:
                assert (passed.status_code, b"".join(passed.iter_raw())) == (200, b"\x8f\x0b" * 90)
        assert (stopped(run), refused.value) == (["fault.coding"], before + 1)


def test_a_word_that_is_no_coding_keeps_nothing_from_being_looked_at(tmp_path):
    sent = [answer(body, "text/html", "", "Content-Encoding: utf-8") for body in (FRONT, b"<p>Welcome")]
    with (
        http_origin(lambda seen: sent[int(seen.target[1:])]) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client() as client:
            got = [client.get(f"http://learn.test:{origin.port}/{number}").status_code for number in range(2)]
    assert got == [403, 200]


def test_a_worker_is_looked_into_as_a_whole(tmp_path):
    late = b"/* " + NOISE[:400_000] + b" */\n" + WORKER
    with (
        http_origin(lambda _: answer(late, "text/javascript", "gzip", pieces=30_000)) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client(headers={"Service-Worker": "script", "Accept-Encoding": "gzip"}) as client:
            assert client.get(f"http://learn.test:{origin.port}/maths/sw.js").status_code == 403
        assert len(stopped(run)) == 1


@pytest.mark.parametrize(
    ("body", "type_", "fields", "expected"),
    [
        pytest.param(FRONT, "text/html; charset=utf-8", (), "webproxy.", id="an entrance"),
        pytest.param(BARE, "application/json", (), "webproxy.bare", id="what a bare server says of itself"),
        pytest.param(b"{}", "image/png", ("X-Bare-Status: 200",), "webproxy.bare", id="a bare answer"),
        pytest.param(DNS, "application/dns-message", (), "dns.doh", id="DNS"),
    ],
)
def test_answers_are_known_by_head_and_body(tmp_path, body, type_, fields, expected):
    with (
        http_origin(lambda _: answer(body, type_, "", *fields, pieces=50)) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client() as client:
            got = client.get(f"http://learn.test:{origin.port}/maths/")
        assert got.status_code == 403
        [technique] = stopped(run)
        assert technique.startswith(expected)


def test_a_copy_is_refused_where_the_page_that_it_copies_is(tmp_path):
    body = b"""<head><link rel="canonical" href="https://games.test/">
<meta property="og:url" content="https://games.test/"></head>"""
    with (
        http_origin(lambda _: answer(body, "text/html; charset=utf-8", "gzip")) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client() as client:
            assert client.get(f"http://learn.test:{origin.port}/maths/").status_code == 403
        [event] = [one for one in run.events() if one.action is Action.BLOCK]
        assert (event.host, event.reason) == ("learn.test", Reason.CATEGORY)


@pytest.mark.parametrize("pieces", [0, 50], ids=["of known length", "in pieces"])
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(("302 Found", "Location: http://games.test/maths/"), [302, 302], id="a redirector"),
        pytest.param(("200 OK",), [403, 403], id="a fetcher"),
    ],
)
def test_the_answer_tells_a_link_of_a_letter_from_a_fetcher(tmp_path, answers, expected, pieces):
    status, *fields = answers
    page = answer(b"<title>Maths</title>", "text/html", "", *fields, pieces=pieces, status=status)
    inside = base64.urlsafe_b64encode(b"http://games.test/maths/").decode()
    with http_origin(lambda _: page) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            url = f"http://learn.test:{origin.port}/c/{inside}"
            got = [client.get(url, headers={"Sec-Fetch-Dest": "document"}) for _ in range(2)]
        assert [each.status_code for each in got] == expected
        assert {one.host for one in run.events() if one.action is Action.BLOCK} <= {"learn.test"}


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1", "HTTP/2"])
def test_it_is_stopped_inside_tls_too(tmp_path, http2):
    origins = TestAuthority(tmp_path)
    tls = origins.context("learn.test")
    server = (
        h2_origin(tls, FRONT, (("content-type", "text/html"),))
        if http2
        else http_origin(lambda _: answer(FRONT, "text/html", "gzip", pieces=30), tls=tls)
    )
    with (
        server as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client(http2=http2) as client:
            for _ in range(2):
                got = client.get(f"https://learn.test:{origin.port}/maths/")
                assert (got.status_code, b"uv-address" in got.content) == (403, False)
                assert got.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
        assert len(stopped(run)) == 2


def test_who_hides_a_page_behind_what_decoders_skip_is_cut_off(tmp_path):
    hidden = b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"a" * 4_000_000 + b"\0" + gzip.compress(FRONT)[10:]
    sent = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    sent += b"Content-Length: %d\r\n\r\n" % len(hidden) + hidden
    with http_origin(lambda _: sent) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client, pytest.raises(httpx.HTTPError):
            client.get(f"http://learn.test:{origin.port}/", headers={"Accept-Encoding": "gzip"})


def test_another_host_than_the_certificate_covers_is_stopped_before_its_answer(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(lambda _: answer(b"x", "text/plain"), tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        with run.client() as client:
            url = f"https://learn.test:{origin.port}/"
            answers = [client.get(url, headers={"Host": host}) for host in ("learn.test", "other.test")]
        assert [one.status_code for one in answers] == [200, 403]
        assert stopped(run) == ["tls.fronting"]


def test_dns_in_an_upload_of_unknown_length_is_stopped_before_it_is_sent(tmp_path):
    question = b"\0\0\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            pieces = (question[at : at + 7] for at in range(0, len(question), 7))
            got = client.post(f"http://learn.test:{origin.port}/api", content=pieces)
        assert (got.status_code, stopped(run), origin.connections) == (403, ["dns.doh"], 0)


def test_a_detector_that_fails_at_an_answer_refuses_it(tmp_path):
    known = delivered()
    sent = [
        answer(NOISE[:100], "text/html"),
        answer(NOISE, "text/html", pieces=9000),
        answer(NOISE, "image/png", pieces=9000),
    ]
    with (
        http_origin(lambda seen: sent[int(seen.target[1:])]) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = replace(known, exchange=replace(known.exchange, bodies=None))
        with run.client() as client:
            got = [client.get(f"http://learn.test:{origin.port}/{number}").status_code for number in range(3)]
        assert (got, stopped(run)) == ([403, 403, 200], ["fault.detector"] * 2)


def test_a_fault_of_the_gate_itself_refuses(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(Signing, "answered", broken)
    sent = [answer(NOISE[:100], "text/html"), answer(NOISE, "text/html", pieces=9000)]
    with (
        http_origin(lambda seen: sent[int(seen.target[1:])]) as origin,
        school(tmp_path, records=NAMES) as run,
    ):
        run.gateway.knowledge = delivered()
        for number in range(2):
            with run.connect() as connection:
                host = f"learn.test:{origin.port}"
                connection.sendall(f"GET http://{host}/{number} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                assert NOISE[:20] not in read_all(connection)


def test_without_knowledge_answers_pass_unseen(tmp_path):
    with (
        http_origin(lambda _: answer(FRONT, "text/html", pieces=30)) as origin,
        school(tmp_path, records=NAMES) as run,
        run.client() as client,
    ):
        assert client.get(f"http://learn.test:{origin.port}/").content == FRONT


@pytest.mark.parametrize(
    ("dest", "type_", "passes"),
    [("document", "image/jpeg", True), ("document", "text/html", False), ("image", "text/html", True)],
)
def test_parts_that_replace_each_other_are_pictures_where_they_are_opened_as_a_page(
    tmp_path, dest, type_, passes
):
    picture = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + b"\xff\xd8" * 40_000 + b"\r\n"
    last = f"--frame\r\nContent-Type: {type_}\r\n\r\nwelcome\r\n".encode()
    sent = answer(picture * 2 + last, "multipart/x-mixed-replace; boundary=frame", pieces=9_000)
    with http_origin(lambda _: sent) as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.connect() as connection:
            host = f"learn.test:{origin.port}"
            head = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Dest: {dest}\r\n\r\n"
            connection.sendall(head.encode())
            got = b""
            while b"welcome" not in got and (more := connection.recv(65536)):
                got += more
    assert (got[:12], b"welcome" in got, len(got) > 100_000) == (b"HTTP/1.1 200", passes, True)
    assert stopped(run) == ([] if passes else ["fault.coding"])
