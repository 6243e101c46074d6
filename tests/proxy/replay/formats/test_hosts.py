import pytest

from proxy.replay.formats.hosts import address_or_none, host_or_as_it_is


@pytest.mark.parametrize(
    ("text", "host"),
    [
        pytest.param("WWW.Example.ORG.", "www.example.org", id="a name"),
        pytest.param("0x7f.1", "127.0.0.1", id="an address in an odd spelling"),
        pytest.param("Not A Host", "not a host", id="no host"),
        pytest.param("x" * 9000, "x" * 253, id="no host, at length"),
    ],
)
def test_a_host_or_what_stood_there(text, host):
    assert host_or_as_it_is(text) == host


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="IPv4"),
        pytest.param(" 2001:DB8::1 ", "2001:db8::1", id="IPv6"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="mapped"),
        pytest.param("192.0.2.1:53", "192.0.2.1", id="with a port"),
        pytest.param("[2001:db8::1]:53", "2001:db8::1", id="IPv6 with a port"),
        pytest.param("192.0.2.1:no", "", id="with something else"),
        pytest.param("dns.example", "", id="a name"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_address_or_none(text, address):
    assert address_or_none(text) == address
