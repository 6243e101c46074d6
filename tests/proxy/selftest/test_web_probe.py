import asyncio
import socket
import ssl

import pytest

from filter_front import BLOCK_PAGE, FilterFront
from proxy.selftest.web_probe import End, ProxyAt, Unreached, WebAnswer, get_in_clear, get_in_tunnel

HOST = "pornography.schoolgate-test.example"
PAGE = WebAnswer(End.ANSWERED, 403, BLOCK_PAGE.format(host=HOST), "HTTP 403")


def probe(tmp_path, asking, **front):
    async def story():
        async with FilterFront(tmp_path, **front) as filter_:
            trust = ssl.create_default_context(
                cadata=(tmp_path / "ca" / "schoolgate-ca-cert.pem").read_text()
            )
            return await asking(ProxyAt("127.0.0.1", filter_.proxy_port, trust))

    return asyncio.run(story())


def clear(proxy):
    return get_in_clear(proxy, "127.0.1.2", HOST, timeout_s=60)


def tunnel(proxy):
    return get_in_tunnel(proxy, "127.0.1.2", HOST, 443, timeout_s=60)


@pytest.mark.parametrize("asking", [clear, tunnel])
def test_a_page_is_read_in_clear_and_in_a_tunnel(tmp_path, asking):
    assert probe(tmp_path, asking) == PAGE


@pytest.mark.parametrize(
    "how", [{"stays_open": True}, {"tells_length": False}], ids=["stays open", "length not told"]
)
def test_a_page_ends_where_its_length_or_its_connection_does(tmp_path, how):
    assert probe(tmp_path, clear, **how) == PAGE


def test_it_comes_from_the_address_it_was_given(tmp_path):
    def page(client, host):
        return 200, client

    assert probe(tmp_path, clear, web=page).text == "127.0.1.2"


def test_a_connection_closed_without_an_answer_is_refused(tmp_path):
    answer = probe(tmp_path, clear, web=lambda client, host: None)
    assert answer == WebAnswer(End.REFUSED, detail="the connection was closed without an answer")


def test_a_tunnel_refused_by_a_page_gives_the_page(tmp_path):
    assert probe(tmp_path, tunnel, tunnels="refuse") == PAGE


def test_a_tunnel_closed_in_the_handshake_is_refused(tmp_path):
    answer = probe(tmp_path, tunnel, tunnels="close")
    assert answer.end is End.REFUSED
    assert answer.detail.startswith("the TLS handshake was refused")


def test_a_certificate_that_is_not_the_schools_is_told_apart(tmp_path):
    answer = probe(tmp_path, tunnel, tunnels="foreign")
    assert answer.end is End.FOREIGN
    assert answer.detail.startswith("the certificate is not the school's: ")


def test_a_proxy_that_keeps_silent_is_given_up():
    async def story():
        with socket.create_server(("127.0.0.1", 0)) as silent:
            proxy = ProxyAt("127.0.0.1", silent.getsockname()[1])
            return await get_in_clear(proxy, "127.0.0.1", HOST, timeout_s=0.1)

    assert asyncio.run(story()) == WebAnswer(End.REFUSED, detail="no answer within 0.1 s")


def test_a_proxy_that_is_not_there_is_unreached():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreached, match=rf"the proxy at 127.0.0.1 port {port}: "):
        asyncio.run(get_in_clear(ProxyAt("127.0.0.1", port), "127.0.0.1", HOST))
