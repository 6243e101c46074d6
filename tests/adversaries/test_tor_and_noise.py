"""Do Tor's and Shadowsocks' first octets get out? Both tools whole, on the port of HTTPS."""

import re

import pytest

from adversaries import needs, run
from adversary_world import reached
from free_ports import free_ports
from redirected_places import LAN, SITE, TWIN

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("tor", "obfs4proxy", "ss-server", "ss-local", "curl"),
]  # fmt: skip
MARKER = "came through noise"
SHOOK = "handshake_done"


def tor(directory):
    """Words that start Tor with a folder of its own and no settings of the machine's."""
    directory.mkdir(exist_ok=True)
    (settings := directory / "torrc").touch()
    return ("tor", "-f", str(settings), "--defaults-torrc", str(settings), "--DataDirectory", str(directory))


@pytest.fixture(scope="module")
def bridge(whole, tmp_path_factory):
    """Words for a bridge outside, and its fingerprint."""
    directory = tmp_path_factory.mktemp("bridge")
    words = (
        *tor(directory), "--ORPort", f"{SITE[4]}:443 IPv4Only",
        "--BridgeRelay", "1", "--AssumeReachable", "1", "--PublishServerDescriptor", "0", "--SocksPort", "0",
        "--ExitPolicy", "reject *:*", "--Address", SITE[4], "--ContactInfo", "test",
    )  # fmt: skip
    told = run((*words, "--list-fingerprint")).stdout.decode()
    found = re.search(r"key fingerprint is '\w+ ([0-9A-F]{40})'", told)
    assert found, told
    return words, found[1]


def client(bridge, directory, *more):
    """Words for the client of a bridge."""
    return (
        *tor(directory), "--UseBridges", "1", "--SocksPort", "0",
        "--Bridge", f"{SITE[4]}:443 {bridge[1]}", *more,
    )  # fmt: skip


@pytest.mark.parametrize(
    "more", [(), ("--HTTPSProxy", f"{LAN[4]}:8080")], ids=["redirected", "through the proxy"]
)
def test_tor_reaches_no_relay(world, bridge, tmp_path, more):
    with world.on_origin(*bridge[0], until="Opened OR listener|Self-testing"):
        with world.on_device(*client(bridge, tmp_path / "before")) as tool:
            tool.says(SHOOK)
        world.on()
        seen = len(world.events())
        with world.on_device(*client(bridge, tmp_path / "after", *more)) as tool:
            told = world.told("tor.", since=seen)
            assert SHOOK not in tool.said()
    assert told.event.host


def test_tor_behind_noise_reaches_no_relay(world, bridge, tmp_path):
    """obfs4, which is to look like nothing at all."""
    plugin = "obfs4 exec /usr/bin/obfs4proxy"
    server = (
        *tor(tmp_path / "bridge"), "--ORPort", f"{TWIN[4]}:9001 IPv4Only", "--BridgeRelay", "1",
        "--AssumeReachable", "1", "--PublishServerDescriptor", "0", "--SocksPort", "0", "--ExtORPort", "auto",
        "--ExitPolicy", "reject *:*", "--Address", SITE[4], "--ContactInfo", "test",
        "--ServerTransportPlugin", plugin, "--ServerTransportListenAddr", f"obfs4 {SITE[4]}:443",
    )  # fmt: skip
    line = tmp_path / "bridge" / "pt_state" / "obfs4_bridgeline.txt"
    with world.on_origin(*server, until="Registered server transport 'obfs4'") as there:
        assert reached(line.exists)
        (certificate,) = re.findall(r"cert=\S+", line.read_text())
        (fingerprint,) = re.findall(r"server's identity key fingerprint is '\w+ (\w+)'", there.said())
        place = f"obfs4 {SITE[4]}:443 {fingerprint} {certificate} iat-mode=0"
        more = ("--UseBridges", "1", "--SocksPort", "0", "--ClientTransportPlugin", plugin, "--Bridge", place)
        with world.on_device(*tor(tmp_path / "before"), *more) as tool:
            tool.says(SHOOK)
        world.on()
        seen = len(world.events())
        with world.on_device(*tor(tmp_path / "after"), *more) as tool:
            assert world.told("tunnel.unknown", since=seen).event.host == SITE[4]
            assert SHOOK not in tool.said()


def test_shadowsocks_carries_no_page(world):
    port = str(free_ports(1))
    how = ("-k", "secret", "-m", "chacha20-ietf-poly1305", "-v")
    local = ("ss-local", "-s", SITE[4], "-p", "443", "-b", "127.0.0.1", "-l", port, *how)
    asking = ("curl", "-sS", "-m", "10", "--socks5", f"127.0.0.1:{port}", f"http://{SITE[4]}/")
    with (
        world.on_origin("ss-server", "-s", SITE[4], "-p", "443", *how, until="tcp server listening"),
        world.pages(MARKER) as pages,
    ):
        with world.on_device(*local, until="listening at"):
            assert MARKER in world.done_on_device(*asking)
        world.on()
        seen, served = len(world.events()), len(pages.requests)
        with world.on_device(*local, until="listening at"):
            assert MARKER not in world.done_on_device(*asking)
        assert len(pages.requests) == served
    assert world.told("tunnel.unknown", since=seen).event.host == SITE[4]
