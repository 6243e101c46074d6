"""Does a bare server fetch blocked pages for a client that is no browser? On a path of its own."""

import http.client
import json
import socket
import ssl

import pytest

from adversaries import needs
from redirected_places import PUPIL, SITE, TWIN
from web_proxy_site import RENAMED, site

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs(modules=True),
]  # fmt: skip
MARKER = "fetched for me"
HOST = "lessons3.example"
URL = f"http://{SITE[4]}/"
VERSIONS = {
    "v3": {"X-Bare-URL": URL, "X-Bare-Headers": json.dumps({"Host": "play.example"})},
    "v2": {
        "X-Bare-Host": SITE[4], "X-Bare-Port": "80", "X-Bare-Protocol": "http:", "X-Bare-Path": "/",
        "X-Bare-Headers": json.dumps({"Host": "play.example"}),
    },
    "v1": {
        "X-Bare-Host": SITE[4], "X-Bare-Port": "80", "X-Bare-Protocol": "http:", "X-Bare-Path": "/",
        "X-Bare-Headers": json.dumps({"Host": "play.example"}), "X-Bare-Forward-Headers": "[]",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def fetcher(whole, tmp_path_factory):
    whole.named(HOST, TWIN[4])
    words = site(tmp_path_factory.mktemp("site"), whole.certificate(HOST), RENAMED, HOST, TWIN[4])
    with whole.on_origin(*words, until="ready"), whole.pages(MARKER) as pages:
        yield pages


def fetched(world, version):
    """What the bare server answers."""
    with world.device.inside():
        plain = socket.create_connection((TWIN[4], 443), 20, (PUPIL[4], 0))
    trust = ssl.create_default_context(cafile=str(world.trust))
    asking = http.client.HTTPSConnection(HOST, timeout=20)
    asking.sock = trust.wrap_socket(plain, server_hostname=HOST)
    asking.request("GET", f"{RENAMED.bare}{version}/", headers=VERSIONS[version])
    answer = asking.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bare_server_fetches_nothing(world, fetcher, version):
    assert fetched(world, version) == (200, f"{MARKER}")
    world.on()
    seen, served = len(world.events()), len(fetcher.requests)
    status, text = fetched(world, version)
    told = world.told("webproxy.bare", since=seen)
    assert (status, told.event.host, len(fetcher.requests)) == (403, HOST, served)
    assert told.explanation in text
