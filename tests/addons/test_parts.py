"""What the gates read from the settings in force."""

from pathlib import Path

import bcrypt

from addons.parts import Parts, destinations_of
from proxy.frontdoor.destinations import Destinations
from proxy.gateway import Gateway
from proxy.settings.schema.console import ConsoleSettings
from school_proxy import settings_of


def line(name: str, password: str) -> str:
    return f"{name}:{bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()}\n"


def test_the_gateway_s_own_ports_are_known(tmp_path):
    settings = settings_of(tmp_path, listen="127.0.0.1:8080", transparent_listen=["127.0.0.1:8081"])
    made = destinations_of(settings)
    assert {8080, 8081, 9310, 9311, 1, 2} <= made.own_ports
    assert made.page_ports == {1, 2}


def test_the_console_is_reached_by_its_name_and_not_by_the_gateway_s_address(tmp_path):
    settings = settings_of(tmp_path, listen="127.0.0.1:8080")
    console = ConsoleSettings.model_validate({"url": "https://ask.example.org", "listen": "127.0.0.1:9380"})
    made = destinations_of(settings.model_copy(update={"console": console}))
    assert made.refusal("127.0.0.1", 9380, "ask.example.org", {"ask.example.org"}) is None
    assert made.refusal("127.0.0.1", 9380, "127.0.0.1") == "127.0.0.1 is the filter itself"
    assert made.refusal("127.0.0.1", 9390, "ask.example.org", {"ask.example.org"}) is not None


def test_without_settings_only_the_public_internet_is_dialled(tmp_path):
    parts = Parts(Gateway(tmp_path))
    assert parts.destinations() == Destinations()
    assert parts.logins() is None


def test_a_changed_password_file_counts_at_once(tmp_path):
    path = tmp_path / "htpasswd"
    path.write_text(line("amy", "red"))
    parts = Parts(Gateway(tmp_path, fallback=settings_of(tmp_path, htpasswd=str(path))))
    assert parts.logins().verify("amy", "red")
    path.write_text(line("amy", "green") + line("ben", "blue"))
    assert not parts.logins().verify("amy", "red")
    assert parts.logins().verify("ben", "blue")


def test_a_password_file_that_cannot_be_used_is_said_once_and_lets_nobody_in(tmp_path, caplog):
    path = Path(tmp_path / "htpasswd")
    path.write_text("amy:plain\n")
    parts = Parts(Gateway(tmp_path, fallback=settings_of(tmp_path, htpasswd=str(path))))
    assert parts.logins() is None
    assert parts.logins() is None
    assert caplog.text.count("nobody can log in until this is mended") == 1
