"""How far something reaches, in words."""

import pytest
from django.utils import translation

from proxy.console.incidents.reach import is_address, kinds, where
from proxy.console.incidents.spoken import family, spoken

ADDRESSES = ("192.0.2.7", "2001:db8::1", "[2001:db8::1]")


@pytest.mark.parametrize(("site", "expected"), [
    ("", "anywhere"), ("games.example", "games.example and everything below it"), ("192.0.2.7", "192.0.2.7"),
    ("{0}.example", "{0}.example and everything below it"),
])  # fmt: skip
def test_where_something_holds(site, expected):
    assert where(site) == expected


def test_nothing_lies_below_an_address():
    assert all(map(is_address, ADDRESSES))
    assert not any(map(is_address, ("games.example", "192.0.2.7.example", "")))


def test_families_are_said_in_the_readers_language_and_techniques_by_their_titles(school):
    assert kinds(["vpn", "webproxy"]) == "VPN, Web proxy"
    assert kinds(["dns.doh"]) == spoken("dns.doh").title != family("dns.doh")
    with translation.override("es"):
        assert where("games.example") == "games.example y todo lo que hay debajo"
        assert kinds(["webproxy"]) != "Web proxy"
