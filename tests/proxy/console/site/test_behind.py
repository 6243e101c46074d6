"""Clients behind web proxies."""

import pytest

from proxy.console.site.behind import BehindProxies


def seen(environ, trusted):
    """What the application behind is told: client address, scheme, and forwarded fields that are left."""
    found = {}

    def application(environ, start_response):
        found.update(environ)
        return []

    BehindProxies(application, trusted)({"wsgi.url_scheme": "http", **environ}, lambda *_: None)
    left = sorted(name for name in found if "FORWARDED" in name)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], left


PROXIES = ("192.0.2.10/32", "2001:db8::/64")


@pytest.mark.parametrize(
    ("sender", "fields", "expected"),
    [
        pytest.param("198.51.100.7", {}, ("198.51.100.7", "http", []), id="no proxy"),
        pytest.param(
            "198.51.100.7",
            {
                "HTTP_X_FORWARDED_FOR": "127.0.0.1",
                "HTTP_X_FORWARDED_PROTO": "https",
                "HTTP_FORWARDED": "for=x",
            },
            ("198.51.100.7", "http", []),
            id="a client that says it is a proxy",
        ),
        pytest.param(
            "192.0.2.10",
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "https"},
            ("198.51.100.7", "https", []),
            id="a trusted proxy",
        ),
        pytest.param(
            "192.0.2.10",
            {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 198.51.100.7"},
            ("198.51.100.7", "http", []),
            id="what the client wrote further left does not count",
        ),
        pytest.param(
            "2001:db8::3",
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7, 192.0.2.10", "HTTP_X_FORWARDED_PROTO": "https, http"},
            ("198.51.100.7", "http", []),
            id="a chain of trusted proxies",
        ),
        pytest.param("192.0.2.10", {}, ("0.0.0.0", "http", []), id="a proxy that does not say for whom"),
        pytest.param(
            "192.0.2.10", {"HTTP_X_FORWARDED_FOR": "127.0.0.1, evil"}, ("0.0.0.0", "http", []), id="nonsense"
        ),
        pytest.param(
            "::ffff:192.0.2.10",
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7"},
            ("198.51.100.7", "http", []),
            id="IPv4 written as IPv6",
        ),
        pytest.param(
            "192.0.2.10",
            {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "gopher"},
            ("198.51.100.7", "http", []),
            id="an unknown scheme",
        ),
    ],
)
def test_only_a_trusted_proxys_word_is_taken(sender, fields, expected):
    assert seen({"REMOTE_ADDR": sender, **fields}, PROXIES) == expected
