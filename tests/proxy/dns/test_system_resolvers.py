"""Which resolvers does this machine itself use?"""

import logging
from pathlib import Path

import pytest

from proxy.dns.plan import Endpoint
from proxy.dns.system_resolvers import system_resolvers

TEXT = """# written by the network
search school.example
nameserver 192.0.2.53
nameserver 127.0.0.1 # ourselves
options edns0
nameserver not-an-address
nameserver fe80::1%eth0
nameserver 2001:db8::53
nameserver 198.51.100.9
"""


def test_resolvers_are_taken_in_order_and_never_ourselves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(TEXT)
    with caplog.at_level(logging.WARNING):
        found = system_resolvers(file, own=(Endpoint("127.0.0.1", 53),))

    assert [str(one.endpoint) for one in found] == ["192.0.2.53:53", "[fe80::1%eth0]:53", "[2001:db8::53]:53"]
    assert "'nameserver not-an-address' is no address" in caplog.text


def test_a_resolver_on_this_machine_at_another_port_is_no_circle(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("nameserver 127.0.0.1\n")

    assert len(system_resolvers(file, own=(Endpoint("127.0.0.1", 5354),))) == 1


def test_a_missing_file_names_nobody_and_says_what_to_set(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert system_resolvers(tmp_path / "none", own=()) == ()
    assert "set `dns.upstreams` instead" in caplog.text


@pytest.mark.parametrize(
    ("listening", "found"),
    [
        pytest.param(Endpoint("0.0.0.0", 53), ["[::1]:53", "192.0.2.53:53"], id="IPv4"),
        pytest.param(Endpoint("::", 53), ["127.0.0.1:53", "192.0.2.53:53"], id="IPv6"),
        pytest.param(Endpoint("0.0.0.0", 5354), ["127.0.0.1:53", "[::1]:53", "192.0.2.53:53"], id="port"),
    ],
)
def test_who_listens_everywhere_listens_on_loopback_too(
    tmp_path: Path, listening: Endpoint, found: list[str]
) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("nameserver 127.0.0.1\nnameserver ::1\nnameserver 192.0.2.53\n")

    assert [str(one.endpoint) for one in system_resolvers(file, own=(listening,))] == found
