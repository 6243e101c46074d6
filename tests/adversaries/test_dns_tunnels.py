"""Do tools that carry connections in names get through? iodine and dns2tcp, and dnscat2 as its client speaks.

Debian has no dnscat2: its questions are those of `tunnel_tools`, sent and counted for real.
"""

import contextlib
import random

import dns.exception
import dns.message
import dns.query
import pytest

from adversaries import needs
from free_ports import free_ports
from redirected_places import CLASSROOM, NAMES, SITE, TWIN
from tunnel_tools import dnscat2

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("iodine", "iodined", "dns2tcpc", "dns2tcpd", "curl", tun=True),
]  # fmt: skip
MARKER = "came through names"
INSIDE = "10.99.0.1"
PASSWORD = ("-P", "secret")


@pytest.mark.parametrize("kind", ["NULL", "TXT", "CNAME"])
def test_iodine_carries_no_page(world, kind):
    server = ("iodined", "-f", "-c", *PASSWORD, "-l", TWIN[4], f"{INSIDE}/24", "t.tunnel.example")
    client = ("iodine", "-f", "-r", "-T", kind, *PASSWORD, NAMES, "t.tunnel.example")
    asking = ("curl", "-sS", "-m", "5", f"http://{INSIDE}/")
    with world.on_origin(*server, until="Listening to dns"), world.pages(MARKER, INSIDE) as pages:
        with world.on_device(*client, until="Connection setup complete"):
            assert MARKER in world.done_on_device(*asking)
        world.on()
        seen, served = len(world.events()), len(pages.requests)
        with world.on_device(*client):
            told = world.told("dns.tunnel.", since=seen)
            world.done_on_device(*asking)
        assert len(pages.requests) == served
    assert told.event.host.endswith("t.tunnel.example")


def test_dns2tcp_carries_no_page(world, tmp_path):
    port = str(free_ports(1))
    settings = tmp_path / "dns2tcpd.conf"
    settings.write_text(
        f"listen = {TWIN[4]}\nport = 53\nuser = nobody\nchroot = {tmp_path}\n"
        f"domain = d.tunnel.example\nresources = web:{SITE[4]}:80\n"
    )
    client = ("dns2tcpc", "-d", "1", "-r", "web", "-l", port, "-z", "d.tunnel.example", NAMES)
    asking = ("curl", "-sS", "-m", "10", f"http://127.0.0.1:{port}/")
    with (
        world.on_origin("dns2tcpd", "-F", "-d", "2", "-f", str(settings), until="Change to user"),
        world.pages(MARKER) as pages,
    ):
        with world.on_device(*client, until="Listening"):
            assert MARKER in world.done_on_device(*asking)
        world.on()
        seen, served = len(world.events()), len(pages.requests)
        with world.on_device(*client):
            world.done_on_device(*asking)
            told = world.told("dns.tunnel.", since=seen)
        assert len(pages.requests) == served
    assert told.event.host.endswith("d.tunnel.example")


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "encrypted"])
def test_dnscat2_is_caught_within_its_first_questions(world, is_encrypted):
    domain = f"c{is_encrypted:d}.example"

    def session(source):
        """Ask as the client does, and return how many questions came to its server."""
        before = len(world.upstream.seen)
        for name, kind in dnscat2(
            domain, ("TXT", "CNAME", "MX"), random.Random(7), is_encrypted=is_encrypted
        ):
            with world.device.inside(), contextlib.suppress(dns.exception.Timeout):
                dns.query.udp(dns.message.make_query(name, kind), NAMES, 10, source=source)
        return sum(one.name.lower().endswith(f"{domain}.") for one in world.upstream.seen[before:])

    whole = session(CLASSROOM[4][0])
    assert whole == 19
    world.on()
    seen = len(world.events())
    assert session(CLASSROOM[4][1]) < whole
    assert world.told("dns.tunnel.", since=seen).event.client == CLASSROOM[4][1]
