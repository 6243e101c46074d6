"""Clients, devices, listeners and upstreams fit together."""

from pathlib import Path

import pytest

from proxy.settings import load
from small_settings import changed, write_settings

PROBLEMS = [
    pytest.param(
        "group: students}",
        "group: students}\n  - {id: more, addresses: [198.51.100.0/24, 192.0.2.0/24]}",
        """
DIR/school.yaml:18:45: networks.more.addresses[1]: 192.0.2.0/24 already belongs to network 'rooms'
    18 |   - {id: more, addresses: [198.51.100.0/24, 192.0.2.0/24]}
       |                                             ^^^^^^^^^^^^
  hint: one client, one entry
""",
        id="network range twice",
    ),
    pytest.param(
        "strictest: students",
        "strictest: students\ndevices: [{id: d, addresses: 198.51.100.7, group: staff}]",
        """
DIR/school.yaml:19:30: devices.d.addresses: 198.51.100.7/32 lies in none of the networks
    19 | devices: [{id: d, addresses: 198.51.100.7, group: staff}]
       |                              ^^^^^^^^^^^^
  hint: add its network, or it gets nothing
""",
        id="device outside",
    ),
    pytest.param(
        "system: true",
        "system: true\n  forwarders: [{addresses: 198.51.100.7, group: staff}]",
        """
DIR/school.yaml:6:28: dns.forwarders[0].addresses: 198.51.100.7/32 lies in none of the networks
    6 |   forwarders: [{addresses: 198.51.100.7, group: staff}]
      |                            ^^^^^^^^^^^^
  hint: add its network, or it gets nothing
""",
        id="forwarder outside",
    ),
    pytest.param(
        "gateway: {",
        'gateway: {admin_listen: "127.0.0.1:8080", ',
        """
DIR/school.yaml:2:25: gateway.admin_listen: 127.0.0.1:8080 is already used by proxy.listen
    2 | gateway: {admin_listen: "127.0.0.1:8080", school_name: Small School}
      |                         ^^^^^^^^^^^^^^^^
  hint: give each part its own port or address
""",
        id="same listeners",
    ),
    pytest.param(
        "gateway: {",
        'gateway: {admin_listen: "0.0.0.0:5399", ',
        """
DIR/school.yaml:2:25: gateway.admin_listen: 0.0.0.0:5399 is already used by dns.listen
    2 | gateway: {admin_listen: "0.0.0.0:5399", school_name: Small School}
      |                         ^^^^^^^^^^^^^^
  hint: give each part its own port or address
""",
        id="same listeners with any address",
    ),
    pytest.param(
        "system: true",
        "upstreams: [{address: 127.0.0.1, port: 5399}]",
        """
DIR/school.yaml:5:25: dns.upstreams[0].address: 127.0.0.1:5399 is this resolver itself
    5 |   upstreams: [{address: 127.0.0.1, port: 5399}]
      |                         ^^^^^^^^^
  hint: name a resolver outside
""",
        id="upstream is ourselves",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), PROBLEMS)
def test_addresses_fit_together(old: str, new: str, expected: str, tmp_path: Path) -> None:
    loaded = load(write_settings(tmp_path, changed(old, new)))

    said = "\n".join(str(problem) for problem in loaded.problems)
    assert said.replace(str(tmp_path), "DIR") == expected.strip("\n")
    assert loaded.settings is None


def test_a_smaller_range_inside_a_larger_one_is_fine(tmp_path: Path) -> None:
    text = changed("group: students}", "group: students}\n  - {id: desk, addresses: 192.0.2.9, group: staff}")
    assert load(write_settings(tmp_path, text)).problems == ()


def test_port_0_collides_with_nothing(tmp_path: Path) -> None:
    text = changed("127.0.0.1:5399", '["127.0.0.1:0", "127.0.0.1:0"]')
    assert load(write_settings(tmp_path, text)).problems == ()
