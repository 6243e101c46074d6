"""Does a VPN get through? WireGuard (wireguard-go) and OpenVPN, at their own ports and at those of pages."""

import contextlib
import os

import pytest

from adversaries import needs, run
from namespaces import run as administer
from redirected_places import LAN, SITE

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("wireguard-go", "wg", "openvpn", "curl", tun=True),
]  # fmt: skip
MARKER = "came through the vpn"
SERVER, CLIENT = "10.98.0.1", "10.98.0.2"
DONE = "Initialization Sequence Completed"


def keys():
    """A private key and its public one."""
    private = run(("wg", "genkey")).stdout.strip()
    return private.decode(), run(("wg", "pubkey"), given=private).stdout.decode().strip()


@contextlib.contextmanager
def wireguard(world, namespace, run_there, own, port, peer, endpoint=""):
    """One end of a tunnel."""
    # Programs that make an interface talk by its name, across namespaces and tests that run beside this one.
    name = f"wg{os.getpid()}{namespace.name.rpartition('-')[2]}"
    settings = world.log("wireguard")
    settings.write_text(
        f"[Interface]\nPrivateKey = {own[0]}\nListenPort = {port}\n"
        f"[Peer]\nPublicKey = {peer[1]}\nAllowedIPs = 10.98.0.0/24\n{endpoint}"
    )
    with run_there(
        "wireguard-go", "-f", name, until="UAPI listener started", environment={"LOG_LEVEL": "verbose"}
    ):
        administer("ip", "netns", "exec", namespace.name, "wg", "setconf", name, str(settings))
        namespace.address(name, f"{CLIENT if endpoint else SERVER}/24")
        namespace.ip("link", "set", name, "up")
        yield


@pytest.mark.parametrize("port", [51820, 443], ids=["its own port", "the port of quic"])
def test_wireguard_shakes_no_hands(world, port):
    here, there = keys(), keys()
    asking = ("curl", "-sS", "-m", "3", f"http://{SERVER}/")

    def tunnel():
        endpoint = f"Endpoint = {SITE[4]}:{port}\n"
        return wireguard(world, world.device, world.on_device, here, port + 1, there, endpoint)

    with (
        wireguard(world, world.origin, world.on_origin, there, port, here),
        world.pages(MARKER, SERVER) as pages,
    ):
        with tunnel():
            assert MARKER in world.done_on_device(*asking)
        world.on()
        seen, served = len(world.events()), len(pages.requests)
        with tunnel():
            assert MARKER not in world.done_on_device(*asking)
        assert len(pages.requests) == served
    told = world.told("vpn.wireguard", since=seen)
    assert told.event.host == SITE[4]


@pytest.fixture(scope="module")
def openvpn(whole):
    """Words for both ends: TLS, each with a certificate of the same authority, packets to nowhere."""
    pem = str(whole.certificate("pictures.example"))
    return (
        "openvpn", "--dev", "null", "--ifconfig-noexec", "--ca", str(whole.authority.path), "--cert", pem,
        "--key", pem, "--verb", "3", "--connect-retry", "1", "--ping", "2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("protocol", "port", "more"),
    [
        pytest.param("udp", "1194", (), id="its own port"),
        pytest.param("udp", "4433", (), id="any port"),
        pytest.param("tcp", "443", (), id="the port of https"),
        pytest.param("tcp", "443", ("--http-proxy", LAN[4], "8080"), id="the school's own proxy"),
    ],
)
def test_openvpn_shakes_no_hands(world, openvpn, protocol, port, more):
    world.named("pictures.example")
    ends = ("tcp-server", "tcp-client") if protocol == "tcp" else ("udp", "udp")
    server = (
        *openvpn,
        "--tls-server",
        "--dh",
        "none",
        "--local",
        SITE[4],
        "--port",
        port,
        "--proto",
        ends[0],
    )
    client = (*openvpn, "--tls-client", "--remote", "pictures.example", port, "--proto", ends[1])
    bound = () if protocol == "tcp" else ("--bind", "--lport", "0")
    waits = "Listening for incoming TCP|UDPv4 link local"
    with world.on_origin(*server, until=waits), world.on_device(*client, *bound) as tool:
        tool.says(DONE)
    world.on()
    seen = len(world.events())
    with world.on_origin(*server, until=waits) as there:
        with world.on_device(*client, *bound, *more) as tool:
            told = world.told("vpn.openvpn", since=seen)
            assert DONE not in tool.said()
        assert "TLS: Initial packet" not in there.said()
    assert told.event.host in (SITE[4], "pictures.example")
