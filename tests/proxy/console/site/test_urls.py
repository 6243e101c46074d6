"""Which address leads where."""

from django.urls import get_resolver

from proxy.console.people.gates import admits_of


def views(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_address_says_whom_it_admits():
    silent = [address for address, view in views(get_resolver().url_patterns) if admits_of(view) is None]
    assert silent == []
