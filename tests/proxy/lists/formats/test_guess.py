"""Telling a format from a list's first lines."""

import pytest

from proxy.lists.formats import Format
from proxy.lists.formats.guess import Unsupported, guess_format


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# head\n0.0.0.0 a.example\n0.0.0.0 b.example\n", Format.HOSTS),
        ("127.0.0.1 localhost\n::1 localhost\n127.0.0.1 a.example\n", Format.HOSTS),
        ("a.example\nb.example\n", Format.DOMAINS),
        ("a.example\n192.0.2.7\nb.example\n", Format.DOMAINS),
        ("*.a.example\n.b.example\n", Format.DOMAINS),
        ("bücher.example\n", Format.DOMAINS),
        ("a.example\tgames\nb.example\tads,games\n", Format.TSV),
        ("[Adblock Plus 2.0]\n! x\n||a.example^\n", Format.ADBLOCK),
        ("a.example##+js(x)\nb.example##.ad\n", Format.ADBLOCK),
        ("# x\naddress=/a.example/0.0.0.0\n", Format.DNSMASQ),
        ("server=/a.example/\n", Format.DNSMASQ),
        ("$TTL 300\n@ IN SOA a. b. ( 1 2 3 4 5 )\na.example CNAME .\n", Format.RPZ),
        ("192.0.2.7\n198.51.100.0/24\n", Format.ADDRESSES),
        ("2001:db8::7\n2001:db8:1::/48\n", Format.ADDRESSES),
        ("example.org/a\nexample.net/b?c=d\n", Format.URLS),
        ("https://example.org/a\n", Format.URLS),
    ],
)
def test_each_format_is_known_by_its_lines(text, form):
    assert guess_format(text.splitlines()) is form


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("AS64500 # a network\nAS64501\n", "AS numbers"),
        ("type,indicator,app\ndomain,a.example,Spy\n", "CSV"),
        ("", "no entries"),
        ("# only\n# comments\n", "no entries"),
        ("<!DOCTYPE html>\n<html>\n<body>\n", "no known list format"),
        ("(a|b)\n[x-z]+\n", "no known list format"),
    ],
)
def test_what_no_reader_is_for_is_named(text, word):
    guess = guess_format(text.splitlines())

    assert isinstance(guess, Unsupported)
    assert word in guess.why
