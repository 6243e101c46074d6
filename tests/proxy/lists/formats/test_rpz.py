"""Response policy zones."""

import pytest

from list_world import complaints, says
from proxy.lists.formats import Entry, Exemption, Format, Reach

RPZ = Format.RPZ
HEAD = "$TTL 300\n@ IN SOA localhost. root.localhost. ( 1 2 3 4 5 )\n@ IN NS localhost.\n"


def rules(text):
    return [
        (item.text, item.reach, item.exemption) for item in says(RPZ, HEAD + text) if isinstance(item, Entry)
    ]


@pytest.mark.parametrize("action", [".", "*.", "rpz-drop."])
def test_a_trigger_means_that_very_name_and_its_star_what_lies_below(action):
    text = f"bad.example CNAME {action}\n*.bad.example 300 IN CNAME {action}\n"

    assert rules(text) == [("bad.example", Reach.SELF, None), ("bad.example", Reach.BELOW, None)]


@pytest.mark.parametrize("target", ["rpz-passthru.", "ok.example."])
def test_passthru_is_an_exception_from_what_is_as_specific_or_less(target):
    assert rules(f"ok.example CNAME {target}\n") == [("ok.example", Reach.SELF, Exemption.SPECIFIC)]


@pytest.mark.parametrize(
    ("owner", "address"),
    [
        ("32.7.2.0.192.rpz-ip", "192.0.2.7"),
        ("24.0.2.0.192.rpz-ip", "192.0.2.0/24"),
        ("128.7.zz.db8.2001.rpz-ip", "2001:db8::7"),
        ("32.zz.db8.2001.rpz-ip", "2001:db8::/32"),
        ("128.7.0.0.0.0.0.db8.2001.rpz-ip", "2001:db8::7"),
        ("128.1.zz.rpz-ip", None),
    ],
)
def test_answered_addresses_are_read_backwards(owner, address):
    assert [text for text, _, _ in rules(f"{owner} CNAME .\n")] == ([address] if address else [])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        pytest.param("a.example CNAME rpz-tcp-only.", "other action", id="tcp-only"),
        pytest.param("a.example CNAME safe.example.net.", "redirect", id="a rewrite"),
        pytest.param("a.example A 192.0.2.7", "local data", id="local data"),
        pytest.param('a.example TXT "a ; b"', "local data", id="text with a semicolon"),
        pytest.param("32.7.2.0.192.rpz-client-ip CNAME .", "other trigger", id="client address"),
        pytest.param("ns.example.rpz-nsdname CNAME .", "other trigger", id="name server's name"),
        pytest.param("24.0.2.0.192.rpz-nsip CNAME .", "other trigger", id="name server's address"),
        pytest.param("999.7.2.0.192.rpz-ip CNAME .", "not an address", id="a wrong prefix length"),
        pytest.param("a..example CNAME .", "not a name", id="a broken name"),
        pytest.param("a.example CNAME", "cannot be read", id="no target"),
    ],
)
def test_other_records_are_reported(record, why):
    assert complaints(RPZ, HEAD + record + "\n")[3:] == [(4, why)]


def test_the_zones_own_records_are_named_as_such():
    assert complaints(RPZ, HEAD) == [(1, "zone record"), (2, "zone record"), (3, "zone record")]
