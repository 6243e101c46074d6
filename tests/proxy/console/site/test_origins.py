"""Origins of addresses."""

import pytest

from proxy.console.site.origins import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://accounts.example.org/a?b", "https://accounts.example.org"),
        ("http://127.0.0.1:9380/", "http://127.0.0.1:9380"),
        ("https://user@accounts.example.org:8443/", "https://accounts.example.org:8443"),
    ],
)
def test_scheme_host_and_port(url, origin):
    assert origin_of(url) == origin
