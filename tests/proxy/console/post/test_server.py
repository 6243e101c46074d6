"""Handing a letter to a real mail server."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from proxy.console.post.server import (
    LetterDelayed,
    LetterRefused,
    MailServer,
    ServerProblem,
    cleaned,
    connected,
    server_of,
)
from proxy.settings.schema.console import MailSecurity, MailSettings
from school_mail import DIE, HANG, SchoolMail

TO = "pat@school.example"


def letter(subject: str = "Request 7 was approved") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "filter@school.example", TO, subject
    message.set_content("Open now.\n")
    return message


def at(mail: SchoolMail, security: MailSecurity = MailSecurity.NONE, **more: object) -> MailServer:
    server = MailServer("127.0.0.1", mail.port, security, "filter@school.example", timeout_s=20, ca=mail.ca)
    return replace(server, **more)  # type: ignore[arg-type]


@pytest.fixture
def mail() -> Iterator[SchoolMail]:
    with SchoolMail() as running:
        yield running


def test_several_letters_go_over_one_connection(mail: SchoolMail) -> None:
    with connected(at(mail)) as connection:
        connection.hand_over(letter(), TO)
        connection.hand_over(letter("Request 8 was denied"), TO)

    assert [taken["Subject"] for taken in mail.letters] == ["Request 7 was approved", "Request 8 was denied"]
    assert mail.recipients == [TO, TO]
    assert mail.connections == 1


def test_the_connection_is_encrypted_before_anything_is_said(tmp_path: Path) -> None:
    with SchoolMail(tls=tmp_path) as mail:
        with connected(at(mail, MailSecurity.STARTTLS)) as connection:
            connection.hand_over(letter(), TO)
        assert len(mail.letters) == 1


def test_tls_from_the_first_octet(tmp_path: Path) -> None:
    with SchoolMail(tls=tmp_path, implicit=True) as mail:
        with connected(at(mail, MailSecurity.TLS)) as connection:
            connection.hand_over(letter(), TO)
        assert len(mail.letters) == 1


def test_a_certificate_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with (
        SchoolMail(tls=tmp_path / "theirs") as mail,
        pytest.raises(ServerProblem, match="CERTIFICATE_VERIFY_FAILED"),
        connected(at(mail, MailSecurity.STARTTLS, ca=None)),
    ):
        pass


def test_a_server_without_starttls_gets_nothing(mail: SchoolMail) -> None:
    with (
        pytest.raises(ServerProblem, match="does not offer what the settings ask for"),
        connected(at(mail, MailSecurity.STARTTLS)),
    ):
        pass
    assert mail.letters == []


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    (tmp_path / "password").chmod(0o600)
    with SchoolMail(tls=tmp_path / "tls", login=("filter", "correct horse")) as mail:
        server = at(mail, MailSecurity.STARTTLS, user="filter", password_file=tmp_path / "password")
        with connected(server) as connection:
            connection.hand_over(letter(), TO)
        assert len(mail.letters) == 1

        (tmp_path / "password").write_text("wrong\n")
        with pytest.raises(ServerProblem, match="the mail server said 535"), connected(server):
            pass
        (tmp_path / "password").chmod(0o644)
        with pytest.raises(ServerProblem, match="others than its owner can read it"), connected(server):
            pass
        (tmp_path / "password").unlink()
        with pytest.raises(ServerProblem, match="No such file"), connected(server):
            pass


def test_a_name_that_the_protocol_cannot_carry_is_a_problem_of_the_server(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    (tmp_path / "password").chmod(0o600)
    with SchoolMail(tls=tmp_path / "tls", login=("filter", "correct horse")) as mail:
        server = at(mail, MailSecurity.STARTTLS, user="señora", password_file=tmp_path / "password")
        with pytest.raises(ServerProblem), connected(server):
            pass


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param("450 4.2.0 greylisted, try again", LetterDelayed, id="greylisted"),
        pytest.param(f"550 5.1.1 <{TO}> no such user", LetterRefused, id="nobody of that name"),
    ],
)
def test_a_refused_recipient_concerns_that_letter_alone(
    mail: SchoolMail, said: str, error: type[Exception]
) -> None:
    mail.says[TO] = said
    with connected(at(mail)) as connection:
        with pytest.raises(error) as raised:
            connection.hand_over(letter(), TO)
        assert TO not in str(raised.value)
        connection.hand_over(letter(), "sam@school.example")
    assert mail.recipients == ["sam@school.example"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param("451 4.3.0 later", LetterDelayed, id="later"),
        pytest.param("554 5.6.0 never", LetterRefused, id="never"),
        pytest.param("421 4.3.2 closing", ServerProblem, id="closing"),
        pytest.param(DIE, ServerProblem, id="broken off"),
    ],
)
def test_what_a_server_says_to_a_whole_letter(mail: SchoolMail, said: str, error: type[Exception]) -> None:
    mail.on_data = said
    with pytest.raises(error), connected(at(mail)) as connection:
        connection.hand_over(letter(), TO)
    assert mail.letters == []


def test_a_silent_server_is_given_up(mail: SchoolMail) -> None:
    mail.on_data = HANG
    with (
        pytest.raises(ServerProblem, match="did not answer in time"),
        connected(at(mail, timeout_s=0.2)) as connection,
    ):
        connection.hand_over(letter(), TO)


def test_no_server_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = MailServer("127.0.0.1", port, MailSecurity.NONE, "filter@school.example")
    with pytest.raises(ServerProblem, match="Connection refused"), connected(server):
        pass


def test_what_a_server_says_is_kept_without_addresses() -> None:
    assert cleaned("550 <pat@school.example>:\r\nno\x1b[31m such   user") == "550 (address) no [31m such user"
    assert len(cleaned("x" * 1000)) == 300


def test_the_settings_name_the_server(tmp_path: Path) -> None:
    assert server_of(None) is None
    settings = MailSettings.model_validate(
        {"host": "mail.example", "port": 587, "from": "filter@school.example", "timeout_s": 9}
    )
    assert server_of(settings) == MailServer(
        "mail.example", 587, MailSecurity.STARTTLS, "filter@school.example", timeout_s=9
    )
