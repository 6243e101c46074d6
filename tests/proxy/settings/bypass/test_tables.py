import pytest

from proxy.bypass.knowledge import KnownName
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.reading import read_knowledge

FILE = """\
version: 1
techniques:
  - id: vpn.app
    title: VPN
    nature: anonymizer
    consequence: block
    explanation: This is a VPN.
names:
  - technique: vpn.app
    source: our list
    date: 2026-11-01
    lists: [proxies/starter.txt]
    names: [vpn.example]
lookups:
  - why: an antivirus
    source: its guide
    date: 2026-11-01
    names: [hashes.example]
inward:
  - why: devices at home
    source: their guide
    date: 2026-11-01
    names: [devices.example]
addresses:
  - technique: vpn.app
    source: its guide
    date: 2026-11-01
    ranges: [192.0.2.0/24, 198.51.100.1]
owners:
  - owner: Somebody
    source: their list
    date: 2026-11-01
    ranges: [203.0.113.0/24]
"""


def read(tmp_path, text=FILE, listed="# title\n\nvpn.example\nother.example  # why\n"):
    (tmp_path / "bypass").mkdir()
    (tmp_path / "proxies").mkdir()
    (tmp_path / "proxies" / "starter.txt").write_text(listed)
    (tmp_path / "bypass" / "vpn.yaml").write_text(text)
    return read_knowledge(tmp_path / "bypass", Surroundings())


def test_names_and_addresses_come_from_files_and_from_our_lists(tmp_path):
    knowledge, problems = read(tmp_path)
    assert problems == ()
    assert knowledge.named("vpn.example") == KnownName("vpn.example", "vpn.app", "bypass/vpn.yaml")
    assert knowledge.named("other.example") == KnownName("other.example", "vpn.app", "proxies/starter.txt")
    assert knowledge.ordinary.is_lookup("a.hashes.example")
    assert knowledge.ordinary.leads_inward("a.devices.example")
    assert knowledge.addresses.services.of("192.0.2.9") == "vpn.app"
    assert knowledge.addresses.services.of("198.51.100.1") == "vpn.app"
    assert knowledge.addresses.owners.of("203.0.113.9") == "Somebody"


@pytest.mark.parametrize(
    ("change", "listed", "line", "message"),
    [
        pytest.param(
            ("addresses:\n  - technique: vpn", "addresses:\n  - technique: x"),
            "",
            25,
            "no technique",
            id="technique",
        ),
        pytest.param(("starter.txt", "gone.txt"), "", 12, "cannot be read: No such file", id="no such list"),
        pytest.param(("", ""), "two words\n", 12, "a line that is no name", id="a list of something else"),
        pytest.param(("192.0.2.0/24", "192.0.2.1/24"), "", 28, "not an address range", id="range"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, change, listed, line, message):
    _, problems = read(tmp_path, FILE.replace(*change), listed)
    assert [(problem.line, message in problem.message) for problem in problems] == [(line, True)], problems
