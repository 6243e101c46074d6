"""Does a log-in at a machine at home carry pages past the filter? OpenSSH, at the port of HTTPS."""

import contextlib
from pathlib import Path

import pytest

from adversaries import needs, run
from free_ports import free_ports
from redirected_places import LAN, SITE, TWIN

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("sshd", "ssh", "ssh-keygen", "corkscrew", "openssl", "socat", "curl"),
]  # fmt: skip
MARKER = "home-sweet-home"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Keys of a server and of its only user."""
    # The server wants an empty folder that its package's unit makes.
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    directory = tmp_path_factory.mktemp("keys")
    for name in ("host", "user"):
        run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)))
    (directory / "authorized_keys").write_text((directory / "user.pub").read_text())
    return directory


@pytest.fixture
def home(world, keys):
    """An SSH server outside at port 443, and a TLS wrapper around it at another address."""
    world.named("home.example")
    world.named("wrapped.example", TWIN[4])
    server = (
        "sshd", "-D", "-e", "-f", "/dev/null", "-p", "443", "-h", str(keys / "host"),
        "-o", f"ListenAddress={SITE[4]}", "-o", f"AuthorizedKeysFile={keys / 'authorized_keys'}",
        "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", "PidFile=none", "-o", "PermitRootLogin=yes",
    )  # fmt: skip
    wrapper = (
        "socat", "-dd", f"TCP:{SITE[4]}:443",
        f"OPENSSL-LISTEN:443,bind={TWIN[4]},fork,reuseaddr,verify=0,cert={world.certificate('wrapped.example')}",
    )  # fmt: skip
    wrapper = (*wrapper[:2], *reversed(wrapper[2:]))
    with contextlib.ExitStack() as stack:
        stack.enter_context(world.on_origin(*server, until="Server listening"))
        stack.enter_context(world.on_origin(*wrapper, until="listening on"))
        yield world


def ssh(keys, host, *options):
    """Words that log in."""
    return (
        "ssh", "-F", "none", "-i", str(keys / "user"), "-o", "StrictHostKeyChecking=no",
        "-o", "ConnectTimeout=10", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
        "-p", "443", *options, f"root@{host}",
    )  # fmt: skip


def test_ssh_to_port_443_is_closed(home, keys):
    words = (*ssh(keys, "home.example"), "echo", MARKER)
    assert MARKER in home.done_on_device(*words)
    home.on()
    seen = len(home.events())
    assert MARKER not in home.done_on_device(*words)
    told = home.told("tunnel.ssh", since=seen)
    assert (told.event.host, "SSH" in told.explanation) == (SITE[4], True)


def test_ssh_through_the_schools_own_proxy_is_closed(home, keys):
    proxied = "-o", f"ProxyCommand=corkscrew {LAN[4]} 8080 %h %p"
    assert MARKER in home.done_on_device(*ssh(keys, "home.example"), "echo", MARKER)
    home.on()
    seen = len(home.events())
    assert MARKER not in home.done_on_device(*ssh(keys, "home.example", *proxied), "echo", MARKER)
    assert home.told("tunnel.ssh", since=seen).event.host == "home.example"


def test_ssh_inside_tls_is_closed(home, keys):
    command = "openssl s_client -quiet -servername wrapped.example -connect %h:%p"
    words = (*ssh(keys, "wrapped.example", "-o", f"ProxyCommand={command}"), "echo", MARKER)
    assert MARKER in home.done_on_device(*words)
    home.on()
    seen = len(home.events())
    assert MARKER not in home.done_on_device(*words)
    assert home.told("tunnel.ssh", since=seen).event.host == "wrapped.example"


def test_socks_offered_by_ssh_serves_no_page(home, keys):
    port = str(free_ports(1))
    asking = ("curl", "-sS", "-m", "10", "--socks5", f"127.0.0.1:{port}", f"http://{SITE[4]}/")
    with home.pages(MARKER) as outside:
        with home.on_device(
            *ssh(keys, "home.example", "-v", "-N", "-D", port), until="Local forwarding|Entering inter"
        ):
            assert MARKER in home.done_on_device(*asking)
        home.on()
        seen, served = len(home.events()), len(outside.requests)
        with home.on_device(*ssh(keys, "home.example", "-v", "-N", "-D", port)) as closed:
            closed.process.wait(30)
            assert MARKER not in home.done_on_device(*asking)
        assert len(outside.requests) == served
    home.told("tunnel.ssh", since=seen)
