import pytest

from proxy.bypass.observed import (
    MAX_BODY,
    MAX_FIRST,
    Answer,
    Exchange,
    Form,
    Message,
    Opening,
    Transport,
)
from proxy.decision.urls import Url
from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.request_row import MAX_SAID, read_request


def read(**row):
    return read_request(Fields(row), lambda destination: destination == "10.1.0.10:3128")


def test_a_request_is_read_with_all_that_belongs_to_it():
    host, seen, trouble = read(
        method="post",
        url="https://WWW.Example.org/a/../b%20c?q=%41#part",
        host="www.example.org",
        headers={"Host": "www.example.org", "Accept": "*/*"},
        request_body="hex:0001",
        sni="Front.Example",
        tls_cert_sans=["*.example.org"],
        response={"status": 301, "headers": {"Location": "/"}, "body_snippet": "moved"},
        websocket=[{"dir": "s2c", "opcode": "binary", "hex": "0a"}, {"dir": "c2s", "text": "hi"}],
        inner_url="https://hidden.example/",
        client={"role": "student", "ip": "10.1.32.9"},
    )
    assert (host, trouble) == ("www.example.org", "")
    assert seen == (
        Exchange(
            method="POST",
            url=Url("https", "www.example.org", 443, "/b c", "q=%41"),
            target="/a/../b%20c?q=%41",
            form=Form.ORIGIN,
            fields=(("host", "www.example.org"), ("accept", "*/*")),
            body=b"\x00\x01",
            sni="front.example",
            certificate=("*.example.org",),
            client="10.1.32.9",
            answer=Answer(301, (("location", "/"),), b"moved"),
            messages=(Message(False, False, b"\n"), Message(True, True, b"hi")),
        ),
    )


@pytest.mark.parametrize(
    ("row", "target", "form"),
    [
        pytest.param({"url": "https://a.example"}, "/", Form.ORIGIN, id="no path"),
        pytest.param({"url": "https://a.example?q=1"}, "/?q=1", Form.ORIGIN, id="no path but a query"),
        pytest.param({"url": "/x?y", "host": "a.example"}, "/x?y", Form.ORIGIN, id="host and path apart"),
        pytest.param({"host": "a.example"} | {"method": "GET"}, "/", Form.ORIGIN, id="host alone"),
        pytest.param(
            {"url": "http://a.example/x", "form": "absolute"},
            "http://a.example/x",
            Form.ABSOLUTE,
            id="absolute",
        ),
        pytest.param(
            {"method": "CONNECT", "url": "a.example:443"}, "a.example:443", Form.AUTHORITY, id="CONNECT"
        ),
        pytest.param(
            {"method": "CONNECT", "url": "https://a.example/tunnel"},
            "/tunnel",
            Form.ORIGIN,
            id="CONNECT to a path",
        ),
        pytest.param(
            {"method": "CONNECT", "url": "https://a.example/"},
            "a.example",
            Form.AUTHORITY,
            id="CONNECT as a URL",
        ),
        pytest.param(
            {"form": "authority", "url": "https://a.example:8443/"},
            "a.example:8443",
            Form.AUTHORITY,
            id="as URL",
        ),
    ],
)
def test_the_target_is_what_stood_in_the_request_line(row, target, form):
    host, (exchange,), _ = read(**row)
    assert (host, exchange.target, exchange.form) == ("a.example", target, form)


@pytest.mark.parametrize(
    ("row", "destination", "is_explicit"),
    [
        pytest.param({"form": "absolute"}, "", False, id="unknown"),
        pytest.param(
            {"form": "absolute", "destination": "10.1.0.10:3128"}, "10.1.0.10:3128", True, id="ours"
        ),
        pytest.param(
            {"form": "absolute", "dst": "192.0.2.80", "port": 8080}, "192.0.2.80:8080", False, id="else"
        ),
        pytest.param(
            {"form": "absolute", "dst": "2001:db8::1", "port": 1}, "[2001:db8::1]:1", False, id="IPv6"
        ),
        pytest.param({"dst": "10.1.0.10", "port": 3128}, "10.1.0.10:3128", False, id="no proxy is asked"),
    ],
)
def test_a_request_goes_to_the_schools_proxy_or_to_another(row, destination, is_explicit):
    _, (exchange,), _ = read(url="http://a.example/", **row)
    assert (exchange.destination, exchange.is_explicit) == (destination, is_explicit)


def test_a_stream_inside_tls_is_the_beginning_of_a_connection():
    host, seen, _ = read(
        form="stream",
        url="https://a.example:8443/",
        headers={"user-agent": "Go-http-client/1.1"},
        stream_first_bytes_hex="0500",
        server_first_bytes_hex="0501",
        dst="192.0.2.9",
    )
    assert host == "a.example"
    assert seen == (
        Opening(
            transport=Transport.TCP,
            port=8443,
            destination="192.0.2.9",
            first=b"\x05\x00",
            server_first=b"\x05\x01",
            is_inside=True,
            sni="a.example",
            user_agent="Go-http-client/1.1",
        ),
    )


def test_what_no_host_is_read_from_is_said_and_nothing_is_seen():
    host, seen, trouble = read(url="https://a b.example/")
    assert (host, seen) == ("", ())
    assert trouble.startswith("the address cannot be read: ")


def test_only_the_first_of_everything_is_taken():
    messages = [{"text": "x" * 2 * MAX_FIRST}] * (MAX_SAID + 3)
    _, (exchange,), _ = read(url="https://a.example/", request_body="y" * 2 * MAX_BODY, websocket=messages)
    assert len(exchange.body) == MAX_BODY
    assert [len(message.payload) for message in exchange.messages] == [MAX_FIRST] * MAX_SAID


@pytest.mark.parametrize(
    ("row", "field", "hint"),
    [
        pytest.param(
            {"method": "GET"}, "url", "a whole URL, or a path beside `host`", id="nothing asked for"
        ),
        pytest.param(
            {"url": "https://a.example/", "form": "odd"},
            "form",
            "one of origin, absolute, authority, stream",
            id="form",
        ),
        pytest.param(
            {"url": "https://a.example/", "websocket": [{"dir": "up"}]},
            "websocket[0].dir",
            "c2s (to the server) or s2c",
            id="direction",
        ),
    ],
)
def test_what_is_wrong_is_named(row, field, hint):
    with pytest.raises(WrongRow) as raised:
        read(**row)
    assert (raised.value.field, raised.value.hint) == (field, hint)
