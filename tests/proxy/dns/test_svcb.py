"""Which parts of an HTTPS or SVCB record would carry a client past the filter?"""

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns.errors import Malformed
from proxy.dns.labels import to_wire
from proxy.dns.svcb import ServiceBinding, harden, hints, pack, parse, target_of


def octets(text: str) -> bytes:
    return dns.rdata.from_text("IN", "HTTPS", text).to_wire()


def text_of(binding: ServiceBinding | None) -> str:
    assert binding is not None
    data = pack(binding)
    return dns.rdata.from_wire("IN", "HTTPS", data, 0, len(data)).to_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('1 . alpn="h2,h3"', '1 . alpn="h2"', id="HTTP/3 goes"),
        pytest.param('1 . alpn="h3,h3-29,h2,http/1.1"', '1 . alpn="h2,http/1.1"', id="its drafts too"),
        pytest.param('1 . alpn="h3"', "1 .", id="HTTP/3 alone leaves the default protocol"),
        pytest.param(
            '1 dns.example. alpn="h2" key7="/dns-query{?dns}"', '1 dns.example. alpn="h2"', id="dohpath"
        ),
        pytest.param(
            '1 . mandatory=alpn,key7 alpn="h2" key7="/q"', '1 . mandatory="alpn" alpn="h2"', id="mandatory"
        ),
        pytest.param(
            '1 . mandatory=key7 key7="/q" port="8443"', '1 . port="8443"', id="empty mandatory goes"
        ),
        pytest.param("0 pool.example.", "0 pool.example.", id="an alias stays"),
        pytest.param(
            '1 . alpn="h2" port="8443" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" key99="x"',
            '1 . alpn="h2" port="8443" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" key99="x"',
            id="all else stays",
        ),
    ],
)
def test_evasion_goes_and_the_rest_stays(before: str, after: str) -> None:
    assert text_of(harden(parse(octets(before)))) == after


def test_encrypted_client_hello_goes() -> None:
    binding = ServiceBinding(1, b"\x00", ((0, b"\x00\x05"), (1, b"\x02h2"), (5, b"\x00\x04ech!")))

    assert harden(parse(pack(binding))) == ServiceBinding(1, b"\x00", ((1, b"\x02h2"),))


def test_a_service_that_speaks_quic_only_goes_altogether() -> None:
    assert harden(parse(octets('1 . alpn="h3" no-default-alpn'))) is None


def test_targets_and_hints_are_shown_for_judging() -> None:
    binding = parse(octets('1 cdn.example. ipv4hint="192.0.2.1,192.0.2.2" ipv6hint="2001:db8::1"'))

    assert target_of(binding) == to_wire("cdn.example")
    assert list(hints(binding)) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
    assert target_of(parse(octets("1 ."))) is None


@given(st.binary(max_size=200))
def test_any_octets_give_a_binding_or_a_documented_error(data: bytes) -> None:
    try:
        binding = parse(data)
        assert pack(binding).lower() == data.lower()
        hardened = harden(binding)
        if hardened is not None:
            assert harden(hardened) == hardened
            assert not {5, 7} & {key for key, _ in hardened.params}
    except Malformed:
        pass


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x00\x01", id="cut short"),
        pytest.param(b"\x00\x01\x00\x00\x01\x00\x09h2", id="a value past the end"),
        pytest.param(b"\x00\x01\x00\x00\x03\x00\x00\x00\x03\x00\x00", id="a key twice"),
        pytest.param(b"\x00\x01\x00\x00\x04\x00\x03abc", id="a hint of three octets"),
        pytest.param(b"\x00\x01\xc0\x00", id="a compressed target"),
    ],
)
def test_broken_bindings_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)
