import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.grammar import dnscat_packet, dnstt_client, iodine_kind, tunnel_message
from proxy.bypass.observed import Question
from tests.fakes import tunnel_tools
from tests.fakes.known_ways import delivered, told


def asked(name, type_="A"):
    return told(tunnel_message(Question("c", name, type_), delivered()))


DICE = random.Random(1)
IODINE = [name for name, _ in tunnel_tools.iodine("t.foo.com", "TXT", DICE, user=3)]


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        pytest.param(IODINE[1], "TXT", [("dns.tunnel.iodine", "incident")], id="iodine's version"),
        pytest.param(IODINE[3].lower(), "A", [("dns.tunnel.iodine", "incident")], id="iodine tries letters"),
        pytest.param("x.foo.com", "NULL", [("dns.tunnel.type", "block")], id="NULL"),
        pytest.param("x.foo.com", "TYPE65399", [("dns.tunnel.type", "block")], id="private type"),
        pytest.param("x.foo.com", "TYPE65", [], id="a new type"),
        pytest.param(
            "AAAAAA.=auth.foo.com", "TXT", [("dns.tunnel.dns2tcp", "incident")], id="dns2tcp's log-in"
        ),
        pytest.param(
            "mfxa.12-345.id-99.up.foo.com", "TXT", [("dns.tunnel.ozymandns", "incident")], id="OzymanDNS"
        ),
        pytest.param("dnscat.0a0b.foo.com", "TXT", [("dns.tunnel.dnscat2_session", "incident")], id="dnscat"),
        pytest.param(
            "aaaa00bbbb12340001" + b"console (h)\x00".hex() + ".foo.com",
            "MX",
            [("dns.tunnel.dnscat2_session", "incident")],
            id="dnscat2's greeting",
        ),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e.foo.com", "TXT", [], id="a hash"),
        pytest.param("products.foo.com", "A", [], id="a word"),
        pytest.param("www.foo.com", "TXT", [], id="a text"),
        pytest.param("vaaaakardli.avqs.mcafee.com", "A", [], id="below a vendor's name"),
    ],
)
def test_one_question_can_tell(name, type_, expected):
    assert asked(name, type_) == expected


def test_every_message_of_a_session_has_a_kind():
    kinds = [iodine_kind(name.split(".")[0].lower()) for name in IODINE]
    assert kinds[:10] == ["y", "v", "l", "z", "s", "o", "r", "r", "r", "n"]
    assert set(kinds[10:]) == {"p", "data"}


def test_a_dnstt_query_names_its_client():
    first, second = [name.partition(".t.foo.com")[0] for name, _ in tunnel_tools.dnstt("t.foo.com", DICE)][:2]
    client = dnstt_client(first.replace(".", ""))
    assert len(client) == 8
    assert client == dnstt_client(second.replace(".", ""))
    assert dnstt_client("mzxw6ytboimzxw6ytboimzxw6ytb") == b""


@given(st.text(max_size=120) | st.from_regex(r"[a-z2-7]{0,120}", fullmatch=True))
def test_any_text_is_read(text):
    assert isinstance(dnscat_packet(text), bytes)
    assert isinstance(dnstt_client(text), bytes)
    assert isinstance(iodine_kind(text), str)
