import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.observed import Record
from proxy.dns import records as types
from proxy.dns.labels import to_wire
from proxy.replay.formats.zone_text import name_text, record_text


def record(kind, text):
    """A record as another library packs it."""
    rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, text)
    return types.Record(b"\0", dns.rdatatype.from_text(kind), 60, rdata.to_wire())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("A", "192.0.2.1"),
        ("AAAA", "2001:db8::1"),
        ("CNAME", "www.example.org."),
        ("PTR", "host.example."),
        ("DNAME", "."),
        ("MX", "10 mail.example."),
        ("SRV", "0 5 389 ldap.oak.example."),
        ("TXT", '"v=spf1 -all" "second \\"half\\""'),
        ("HTTPS", '1 . alpn="h2,h3" ipv4hint="192.0.2.1,192.0.2.2" ech="AAQAAAAA" ipv6hint="2001:db8::1"'),
        ("SVCB", '1 dns.example. mandatory="alpn" alpn="dot" port="853" dohpath="/dns-query{?dns}"'),
        ("HTTPS", '0 other.example.'),
        ("HTTPS", '1 . alpn="h2" no-default-alpn key667="hello"'),
    ],
)  # fmt: skip
def test_data_is_written_as_in_a_zone_file(kind, text):
    assert record_text(record(kind, text)) == Record(kind, text)


@pytest.mark.parametrize(
    ("rtype", "rdata", "written"),
    [
        pytest.param(65280, b"\x01\x02", Record("TYPE65280", "\\# 2 0102"), id="a private type"),
        pytest.param(types.HTTPS, b"\x00", Record("HTTPS", "\\# 1 00"), id="cut short"),
        pytest.param(types.CNAME, b"\x05a", Record("CNAME", "\\# 2 0561"), id="a name that runs out"),
        pytest.param(16, b"\x05a", Record("TXT", '"a"'), id="a text that runs out"),
    ],
)
def test_what_cannot_be_read_stands_as_octets(rtype, rdata, written):
    assert record_text(types.Record(b"\0", rtype, 60, rdata)) == written


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        pytest.param(to_wire("www.example.org"), "www.example.org", id="plain"),
        pytest.param(b"\x03WwW\x07example\x00", "WwW.example", id="the spelling is kept"),
        pytest.param(b"\x00", ".", id="the root"),
        pytest.param(b"\x03a.b\x02\xff\x00\x00", "a\\.b.\\255\\000", id="dots and odd octets"),
    ],
)
def test_names(wire, text):
    assert name_text(wire) == text


@given(st.sampled_from([1, 2, 5, 12, 15, 16, 28, 33, 39, 64, 65, 10, 65399]), st.binary(max_size=40))
def test_no_data_raises(rtype, rdata):
    assert record_text(types.Record(b"\0", rtype, 60, rdata)).data
