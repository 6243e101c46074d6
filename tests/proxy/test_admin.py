import asyncio
from contextlib import asynccontextmanager

import pytest

from proxy import admin, metrics


@asynccontextmanager
async def running(readiness=lambda: (True, "the policy is in force")):
    endpoint = await admin.serve("127.0.0.1", 0, readiness)
    try:
        yield endpoint.port
    finally:
        endpoint.close()


async def said(port, octets):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    answer = await reader.read()
    writer.close()
    return answer


def asked(octets, **options):
    async def ask():
        async with running(**options) as port:
            return await said(port, octets)

    return asyncio.run(ask())


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def status_and_body(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


def test_it_is_healthy_while_it_answers():
    assert status_and_body(asked(get("/healthz"))) == (200, b"ok\n")


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_readiness_is_what_the_process_says_of_itself(ready, status):
    answer = asked(get("/readyz"), readiness=lambda: (ready, "waiting for dns-1"))

    assert status_and_body(answer) == (status, b"waiting for dns-1\n")


def test_metrics_are_prometheus_text():
    answer = asked(get("/metrics?x=1"))

    assert b"Content-Type: text/plain; version=0.0.4" in answer
    assert b"# TYPE schoolgate_verdicts_total counter\n" in answer


def test_head_gets_the_head_alone():
    head, _, body = asked(get("/healthz").replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")

    assert (head.split(b"\r\n")[0], body) == (b"HTTP/1.1 200 OK", b"")
    assert b"Content-Length: 3" in head


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        pytest.param(get("/"), 404, id="another path"),
        pytest.param(get("/healthz").replace(b"GET", b"POST"), 405, id="another method"),
        pytest.param(b"hello\r\n\r\n", 400, id="no request"),
        pytest.param(b"\x16\x03\x01\r\n\r\n", 400, id="no text"),
        pytest.param(b"GET / HTTP/2\r\n\r\n", 400, id="another protocol"),
        pytest.param(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 431, id="too long"),
    ],
)
def test_anything_else_is_refused(octets, status):
    assert status_and_body(asked(octets))[0] == status


def test_a_readiness_that_raises_is_a_500_and_counted():
    before = metrics.ERRORS.bind("admin").value

    def readiness():
        raise RuntimeError("no")

    assert status_and_body(asked(get("/readyz"), readiness=readiness))[0] == 500
    assert metrics.ERRORS.bind("admin").value == before + 1


def test_only_so_many_connections_are_served_at_a_time():
    async def crowd():
        async with running() as port:
            waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(admin.MAX_CONNECTIONS)]
            refused = await said(port, b"")
            for reader, writer in waiting:
                writer.write(get("/healthz"))
                assert status_and_body(await reader.read())[0] == 200
                writer.close()
            return refused, await said(port, get("/healthz"))

    refused, later = asyncio.run(crowd())
    assert refused == b""
    assert status_and_body(later) == (200, b"ok\n")
