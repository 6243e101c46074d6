import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.spelling.wildcards import spelled


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="dots"),
        pytest.param("www.192-0-2-1", "192.0.2.1", id="hyphens"),
        pytest.param("lesson-192-0-2-1", "192.0.2.1", id="a word before"),
        pytest.param("192-0-2-1.lesson", "192.0.2.1", id="a word behind"),
        pytest.param("c0000201", "192.0.2.1", id="hexadecimal"),
        pytest.param("lesson-c0000201", "192.0.2.1", id="hexadecimal behind a word"),
        pytest.param("2001-db8--1", "2001:db8::1", id="IPv6"),
        pytest.param("lesson", "", id="a word"),
        pytest.param("999-0-2-1", "", id="no address"),
        pytest.param("", "", id="the service itself"),
    ],
)
def test_a_name_spells_an_address(before, expected):
    assert spelled(f"{before}.nip.io" if before else "nip.io", "nip.io") == expected


@given(st.text("0123456789abcdef-.x", max_size=120))
def test_any_name_is_read(before):
    spelled(f"{before}.nip.io", "nip.io")
