"""Does what looks like any site over TLS carry connections? Trojan, VLESS, a portal as AnyConnect has it."""

import json

import pytest

from adversaries import needs
from adversary_world import listens, reached
from free_ports import free_ports
from redirected_places import SITE, TWIN

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("trojan", "v2ray", "ocserv", "openconnect", "curl"),
]  # fmt: skip
MARKER = "came through a tunnel"
HOST = "garden.example"
USER = "7d3f2c9a-4b1e-4f6d-8a2c-5e9b7c1d0f3a"


@pytest.fixture(scope="module")
def pem(whole):
    whole.named(HOST, TWIN[4])
    return str(whole.certificate(HOST))


def carried(world, server, client, port, *families):
    """Show that a page comes through a SOCKS port of a client, and no longer once the filter is on."""
    asking = ("curl", "-sS", "-m", "10", "--socks5", f"127.0.0.1:{port}", f"http://{SITE[4]}/")
    with world.on_origin(*server), world.pages(MARKER) as pages:
        assert reached(lambda: listens(world.origin, TWIN[4], 443))
        for on in (False, True):
            seen, served = len(world.events()), len(pages.requests)
            with world.on_device(*client):
                assert reached(lambda: listens(world.device, "127.0.0.1", port))
                assert (MARKER in world.done_on_device(*asking)) is not on
            assert (len(pages.requests) == served) is on
            if not on:
                world.on()
    return world.told(*families, since=seen)


def test_trojan_carries_no_page(world, pem, tmp_path):
    port = free_ports(1)
    server, client = tmp_path / "server.json", tmp_path / "client.json"
    server.write_text(json.dumps({
        "run_type": "server", "local_addr": TWIN[4], "local_port": 443,
        "remote_addr": SITE[4], "remote_port": 80, "password": ["secret"],
        "ssl": {"cert": pem, "key": pem, "alpn": ["http/1.1"]},
    }))  # fmt: skip
    client.write_text(json.dumps({
        "run_type": "client", "local_addr": "127.0.0.1", "local_port": port,
        "remote_addr": HOST, "remote_port": 443, "password": ["secret"],
        "ssl": {"verify": True, "cert": str(world.trust), "alpn": ["http/1.1"]},
    }))  # fmt: skip
    told = carried(world, ("trojan", str(server)), ("trojan", str(client)), port, "tunnel.trojan")
    assert told.event.host == HOST


@pytest.mark.parametrize(
    ("stream", "technique"),
    [
        pytest.param(
            {"network": "ws", "wsSettings": {"path": "/garden/tools"}}, "tunnel.vless_ws", id="websocket"
        ),
        pytest.param({"network": "tcp"}, "tunnel.vless", id="tls"),
    ],
)
def test_vless_carries_no_page(world, pem, tmp_path, stream, technique):
    port = free_ports(1)
    server, client = tmp_path / "server.json", tmp_path / "client.json"
    here = {"certificateFile": pem, "keyFile": pem}
    server.write_text(json.dumps({
        "inbounds": [{
            "listen": TWIN[4], "port": 443, "protocol": "vless",
            "settings": {"clients": [{"id": USER}], "decryption": "none"},
            "streamSettings": stream | {"security": "tls", "tlsSettings": {"certificates": [here]}},
        }],
        "outbounds": [{"protocol": "freedom"}],
    }))  # fmt: skip
    place = {"address": HOST, "port": 443, "users": [{"id": USER, "encryption": "none"}]}
    client.write_text(json.dumps({
        "inbounds": [{"listen": "127.0.0.1", "port": port, "protocol": "socks"}],
        "outbounds": [{
            "protocol": "vless", "settings": {"vnext": [place]},
            "streamSettings": stream | {"security": "tls", "tlsSettings": {"allowInsecure": True}},
        }],
    }))  # fmt: skip
    words = ("v2ray", "-config")
    told = carried(world, (*words, str(server)), (*words, str(client)), port, technique)
    assert told.event.host == HOST


def test_no_log_in_at_a_portal_of_anyconnect(world, pem, tmp_path):
    settings = tmp_path / "ocserv.conf"
    passwords = tmp_path / "passwords"
    passwords.write_text("pupil:*:$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA\n")
    settings.write_text(
        f'auth = "plain[passwd={passwords}]"\nlisten-host = {TWIN[4]}\ntcp-port = 443\n'
        f"server-cert = {pem}\nserver-key = {pem}\nsocket-file = {tmp_path}/socket\nrun-as-user = root\n"
        "run-as-group = root\ndevice = sgoc\nipv4-network = 10.97.0.0/24\nuse-occtl = false\n"
        "isolate-workers = false\n"
    )
    asking = (
        "openconnect", "--authenticate", "--user", "pupil", "--passwd-on-stdin", "--non-inter",
        "--no-system-trust", "--cafile", str(world.trust), f"https://{HOST}/",
    )  # fmt: skip
    with world.on_origin("ocserv", "-f", "-d", "1", "-c", str(settings)):
        assert reached(lambda: listens(world.origin, TWIN[4], 443))
        assert "COOKIE=" in world.done_on_device(*asking, given=b"secret\n")
        world.on()
        seen = len(world.events())
        assert "COOKIE=" not in world.done_on_device(*asking, given=b"secret\n")
    assert world.told("vpn.", since=seen).event.host == HOST
