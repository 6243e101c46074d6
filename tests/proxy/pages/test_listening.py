import socket

import pytest

from block_page_school import settings
from proxy.pages.listening import CannotListen, listen


def places(*, reuse_port=True, **block_page):
    return listen(settings(block_page=block_page), reuse_port=reuse_port)


def test_every_place_of_the_settings_is_bound():
    bound = places(listen_http=["127.0.0.1:0", "[::1]:0"], listen_https=["127.0.0.1:0"])

    assert [(place.address, place.tls) for place in bound] == [
        ("127.0.0.1", False),
        ("::1", False),
        ("127.0.0.1", True),
    ]
    for place in bound:
        socket.create_connection((place.address, place.port), 5).close()
        place.socket.close()


@pytest.mark.parametrize(
    ("address", "addresses", "name"),
    [
        pytest.param("127.0.0.1", ["192.0.2.1"], "127.0.0.1", id="the address it listens on"),
        pytest.param("0.0.0.0", ["192.0.2.1"], "192.0.2.1", id="the block page's address"),
        pytest.param("0.0.0.0", [], "block.school.example", id="the block page's name"),
    ],
)
def test_a_client_that_names_nobody_gets_a_likely_certificate(address, addresses, name):
    bound = places(listen_http=[f"{address}:0"], listen_https=[f"{address}:0"], addresses=addresses)

    assert {place.fallback for place in bound} == {name}
    for place in bound:
        place.socket.close()


def test_workers_share_a_place():
    first = places()
    second = places(listen_http=[f"127.0.0.1:{first[0].port}"])

    assert second[0].port == first[0].port
    for place in (*first, *second):
        place.socket.close()


def test_a_place_that_is_taken_is_named_and_nothing_stays_open():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            CannotListen, match=rf"block_page.listen_https: 127.0.0.1 port {port}: Address already"
        ):
            places(listen_https=[f"127.0.0.1:{port}"])


def test_an_address_of_another_machine_is_named():
    with pytest.raises(CannotListen, match=r"listen_http: 192\.0\.2\.1 .*choose an address of this machine"):
        places(listen_http=["192.0.2.1:0"])
