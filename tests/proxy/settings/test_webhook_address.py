"""Where messages may go: what the settings take is what is dialled."""

import pytest

from proxy.settings.webhook_address import NoAddress, WebhookAddress, is_allowed, is_here, webhook_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://Desk.Example.org",
            WebhookAddress(True, "desk.example.org", 443, "desk.example.org", "/"),
        ),
        (
            "https://schule-münchen.example:8443/ü b?q=ñ&r=%20",
            WebhookAddress(
                True,
                "xn--schule-mnchen-3ob.example",
                8443,
                "xn--schule-mnchen-3ob.example:8443",
                "/%C3%BC%20b?q=%C3%B1&r=%20",
            ),
        ),
        ("http://127.0.0.2/", WebhookAddress(False, "127.0.0.2", 80, "127.0.0.2", "/")),
        ("http://[::1]:8080/in", WebhookAddress(False, "::1", 8080, "[::1]:8080", "/in")),
        ("https://[::ffff:10.0.0.7]/", WebhookAddress(True, "10.0.0.7", 443, "10.0.0.7", "/")),
    ],
)
def test_an_address_is_read_as_it_is_sent(url: str, expected: WebhookAddress) -> None:
    assert webhook_address(url) == expected


@pytest.mark.parametrize(
    ("url", "literal"),
    [
        ("https://desk.example/", ""),
        ("https://0x0a000007/", "10.0.0.7"),
        ("https://localhost/", "127.0.0.1"),
        ("https://[fe80::1]/", "fe80::1"),
    ],
)
def test_what_needs_no_look_up_is_known_by_itself(url: str, literal: str) -> None:
    assert webhook_address(url).literal == literal


@pytest.mark.parametrize(
    "url",
    [
        "https://u:sesame@[::1/",
        "https://u:sesame@desk.example:x/",
        "ftp://u:sesame@desk.example/",
        "http://:sesame@desk.example/",
        "https://:ses@ame@desk.example/",
    ],
)
def test_whatever_is_wrong_a_password_is_not_repeated(url: str) -> None:
    with pytest.raises(NoAddress) as refused:
        webhook_address(url)
    assert "ses" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_is_known(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["10.0.0.7", "::2", "localhost.example", "127.0.0.1.example"])
def test_another_machine_is_told_from_it(host: str) -> None:
    assert not is_here(host)


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("1.1.1.1", (), True),
        ("10.0.0.7", (), False),
        ("10.0.0.7", ("10.0.0.0/8",), True),
        ("fe80::1%eth0", (), False),
        ("fe80::1%eth0", ("fe80::/10",), True),
        ("::ffff:10.0.0.7", (), False),
    ],
)
def test_an_address_that_is_not_public_is_allowed_by_its_range_alone(
    address: str, networks: tuple[str, ...], expected: bool
) -> None:
    assert is_allowed(address, networks) is expected
