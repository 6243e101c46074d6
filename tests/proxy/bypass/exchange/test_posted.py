import pytest

from greetings import client_hello
from proxy.bypass.exchange.posted import posted_connection
from proxy.bypass.noticing import notice
from tests.fakes.exchanges import asked, shipped

URL = "https://cdn.example.org/p"
HELLO = client_hello("games.example.com")


def signs(body, method="POST"):
    return [
        (sign.technique, dict(sign.evidence))
        for sign in notice((posted_connection,), asked(URL, method, body=body), shipped(), print)
    ]


def test_a_greeting_of_tls_in_a_body_is_a_tunnel():
    [(technique, evidence)] = signs(HELLO)
    assert technique == "tunnel.nested_tls"
    assert (evidence["method"], evidence["sni"]) == ("POST", "games.example.com")
    assert [technique for technique, _ in signs(HELLO + b"\0" * 10_000, "PUT")] == ["tunnel.nested_tls"]


def test_a_banner_of_ssh_in_a_body_is_a_tunnel():
    assert [technique for technique, _ in signs(b"SSH-2.0-OpenSSH_9.6\r\n")] == ["tunnel.ssh"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="none"),
        pytest.param(b"\x16\x03\x01", id="three octets"),
        pytest.param(b"\x16\x03\x03" + bytes(600), id="zeros"),
        pytest.param(b"SSH-keys are explained in chapter 4", id="an essay"),
        pytest.param(b"a=" + HELLO, id="inside something else"),
    ],
)
def test_other_bodies_are_nothing(body):
    assert signs(body) == []
