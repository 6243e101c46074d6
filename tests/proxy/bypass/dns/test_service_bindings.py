import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.service_bindings import MAX_DATA, ServiceBinding, read_binding


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('1 . alpn="h2"', ServiceBinding(".", ((1, "h2"),)), id="protocols"),
        pytest.param(
            "1 . alpn=h2,h3 ech=AEX+DQ==", ServiceBinding(".", ((1, "h2,h3"), (5, "AEX+DQ=="))), id="bare"
        ),
        pytest.param("0 cdn.example.", ServiceBinding("cdn.example.", ()), id="alias"),
        pytest.param(
            "1 . key5=abc key7=/dns-query{?dns}",
            ServiceBinding(".", ((5, "abc"), (7, "/dns-query{?dns}"))),
            id="keys",
        ),
        pytest.param(
            r"\# 26 0001 00 0001 0003 026833 0004 0004 c0000201 0005 0001 ff",
            ServiceBinding(".", ((1, "h3"), (4, "192.0.2.1"), (5, ""))),
            id="generic",
        ),
        pytest.param("mail.example.", None, id="another record"),
        pytest.param("x" * (MAX_DATA + 1), None, id="too long"),
        pytest.param(r"\# 3 000", None, id="odd octets"),
    ],
)
def test_a_record_is_read_in_both_forms(data, expected):
    assert read_binding(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('1 . alpn="h2" ipv4hint=192.0.2.1', "", id="nothing"),
        pytest.param('1 . alpn="h3,h2" ech="AA"', "ech h3", id="keys and HTTP/3"),
        pytest.param('1 dns.example. alpn=dot dohpath="/dns-query{?dns}"', "dohpath", id="a resolver's path"),
    ],
)
def test_what_evades_is_named(data, expected):
    binding = read_binding(data)
    assert binding is not None
    assert binding.evading() == expected


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda octets: f"\\# {len(octets)} {octets.hex()}"))
def test_any_text_is_read_or_turned_away(data):
    binding = read_binding(data)
    assert binding is None or binding.evading() is not None
