"""When an incident opens, and who is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.schema.incidents import IncidentSettings, WebhookSettings
from small_school import school


def webhook(url: str, *networks: str) -> WebhookSettings:
    said = {"url": url, "secret_file": "/etc/schoolgate/secret", "networks": networks}
    return WebhookSettings.model_validate(said)


def test_without_a_word_acts_are_counted_and_the_duty_for_it_is_told() -> None:
    settings = school().incidents
    assert settings.enabled
    assert settings.told == ("safeguarding",)
    assert settings.webhook is None


@pytest.mark.parametrize(
    ("url", "networks"),
    [
        ("https://desk.example.org/in?room=1", ()),
        ("https://schule-münchen.example/", ()),
        ("https://1.1.1.1:8443/", ()),
        ("https://192.0.2.7:8443/", ("192.0.2.0/24",)),
        ("http://127.0.0.1:8080/", ("127.0.0.1/32",)),
        ("http://127.0.0.2/", ("127.0.0.0/8",)),
        ("http://localhost/", ("127.0.0.0/8",)),
        ("http://[::1]/", ("::1/128",)),
    ],
)
def test_a_receiver_is_told_by_https_or_on_this_machine(url: str, networks: tuple[str, ...]) -> None:
    assert webhook(url, *networks).url == url


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://192.0.2.7:8443/", "192.0.2.7/32"),
        ("https://0xa000007/", "10.0.0.7/32"),
        ("http://localhost/", "127.0.0.1/32"),
        ("http://[::1]/", "::1/128"),
    ],
)
def test_where_it_could_never_be_reached_is_said_at_once(url: str, address: str) -> None:
    with pytest.raises(ValidationError, match="`networks` does not name it") as refused:
        webhook(url, "10.9.0.0/16")
    [error] = refused.value.errors()
    assert address in error["ctx"]["hint"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://desk.example.org/", "in the clear"),
        ("http://10.0.0.7/", "in the clear"),
        ("ftp://desk.example.org/", "no address of a page"),
        ("https://", "no address of a page"),
        ("https://user:word@desk.example.org/", "holds no name and no password"),
        ("https://:word@desk.example.org/", "holds no name and no password"),
        ("https://@desk.example.org/", "holds no name and no password"),
        ("https://desk_.example..org/", "no host that can be reached"),
        ("https://desk.example.org:0/", "no address of a page"),
        ("https://desk.example.org/#part", "no address of a page"),
        ("https://desk.example.org:x/", "no address of a page"),
        ("https://[::1", "no address of a page"),
    ],
)
def test_no_other_address_is_taken(url: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as refused:
        webhook(url)
    assert "word" not in str([error["ctx"] for error in refused.value.errors()]).replace("password", "")


@pytest.mark.parametrize(
    "wrong",
    [{"opens_at": 0}, {"half_life_days": 0}, {"fold_minutes": 721}, {"told": []}, {"told": ["student"]}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IncidentSettings.model_validate(wrong)


def test_settings_come_back_from_a_bundle_as_they_were() -> None:
    made = school(incidents={"opens_at": 1.5, "webhook": {"url": "https://a.example/", "secret_file": "/s"}})
    assert type(made).model_validate_json(made.model_dump_json()) == made
