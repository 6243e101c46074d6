"""Names are looked up by the machine; one that hangs is tried in tests/network/test_webhook_names.py."""

import socket

import pytest

from proxy.console.post.looking_up import addresses_of


def test_a_name_has_addresses_and_an_address_has_itself() -> None:
    assert "127.0.0.1" in addresses_of("localhost", 30)
    assert addresses_of("192.0.2.7", 30) == ("192.0.2.7",)
    assert addresses_of("2001:db8::7", 30) == ("2001:db8::7",)


def test_one_after_another_is_told_its_own() -> None:
    assert [addresses_of(f"192.0.2.{number}", 30) for number in range(3)] == [
        ("192.0.2.0",),
        ("192.0.2.1",),
        ("192.0.2.2",),
    ]


def test_what_is_no_name_has_none_and_the_next_is_looked_up() -> None:
    with pytest.raises(socket.gaierror):
        addresses_of("a..example", 30)
    assert addresses_of("192.0.2.7", 30) == ("192.0.2.7",)
