"""How is one letter handed to the school's mail server?"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from proxy.console.site.secret import SecretProblem, read_secret
from proxy.settings.schema.console import MailSecurity, MailSettings

PROBLEM_CHARS = 300


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters go, and in whose name.

    security        with `starttls` nothing is sent to a server that does not offer it
    password_file   holds the password; read for each connection, so that it can be changed
    sender          address that letters come from
    timeout_s       for each answer of the server
    ca              PEM file with the authority of the server's certificate; None: those of the machine
    """

    host: str
    port: int
    security: MailSecurity
    sender: str
    user: str = ""
    password_file: Path | None = None
    timeout_s: float = 20.0
    ca: Path | None = None


def server_of(mail: MailSettings | None) -> MailServer | None:
    """The mail server that the settings name, or None."""
    if mail is None:
        return None
    return MailServer(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        sender=mail.sender,
        user=mail.user or "",
        password_file=mail.password_file,
        timeout_s=mail.timeout_s,
    )


class PostError(Exception):
    """Base of what goes wrong with sending; the message names no address.

    PostError
    ├── ServerProblem     the server cannot be used now; no letter can be sent
    ├── LetterDelayed     this letter was not taken; it may be another time
    └── LetterRefused     this letter will never be taken
    """


class ServerProblem(PostError):
    """The server cannot be used now: not reached, no log-in, broken off."""


class LetterDelayed(PostError):
    """The server did not take this letter now."""


class LetterRefused(PostError):
    """The server will not take this letter, however often it is tried."""


class Connection:
    """A connection to the mail server; hands over one letter after the other."""

    def __init__(self, smtp: smtplib.SMTP, server: MailServer) -> None:
        self._smtp = smtp
        self._server = server

    def hand_over(self, message: EmailMessage, to: str) -> None:
        """Give one letter to the server; it has taken it when this returns.

        Raises LetterDelayed, LetterRefused, or ServerProblem, after which the connection is of no use.
        """
        try:
            self._smtp.send_message(message, self._server.sender, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _of(code, said) from None
        except smtplib.SMTPServerDisconnected as error:
            raise ServerProblem(_unreached(error)) from error
        except smtplib.SMTPSenderRefused as refused:
            raise ServerProblem(_words(refused.smtp_code, refused.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            raise _of(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise LetterRefused(cleaned(str(error))) from None
        except (OSError, ValueError) as error:
            raise ServerProblem(_unreached(error)) from error


@contextmanager
def connected(server: MailServer) -> Iterator[Connection]:
    """Reach the mail server and log in. Raises ServerProblem."""
    try:
        smtp = _reached(server)
    except smtplib.SMTPResponseException as error:
        raise ServerProblem(_words(error.smtp_code, error.smtp_error)) from None
    except SecretProblem as problem:
        raise ServerProblem(cleaned(str(problem))) from problem
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise ServerProblem(_unreached(error)) from error
    try:
        yield Connection(smtp, server)
    finally:
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()


def _reached(server: MailServer) -> smtplib.SMTP:
    tls = ssl.create_default_context(cafile=str(server.ca) if server.ca else None)
    if server.security is MailSecurity.TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_s, context=tls)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
    try:
        if server.security is MailSecurity.STARTTLS:
            smtp.starttls(context=tls)
        if server.user:
            smtp.login(server.user, read_secret(server.password_file) if server.password_file else "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _of(code: int, said: bytes | str) -> PostError:
    """Which problem a response to a letter is: 5xx means never (RFC 5321, 4.2.1)."""
    if code == 421:  # it closes the connection
        return ServerProblem(_words(code, said))
    return LetterRefused(_words(code, said)) if code >= 500 else LetterDelayed(_words(code, said))


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return cleaned(f"the mail server said {code}: {text}")


def _unreached(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "the mail server did not answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the mail server broke off the connection"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server does not offer what the settings ask for (STARTTLS, log-in)"
    what = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return cleaned(f"the mail server cannot be used: {what}")


def cleaned(text: str) -> str:
    """What a server said, in one line, without control characters and without anybody's address."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return re.sub(r"\S*@\S*", "(address)", one_line)[:PROBLEM_CHARS]
