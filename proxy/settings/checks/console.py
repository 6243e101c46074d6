"""Can the console be reached without anybody else reading along, and is everything there that it needs?"""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from proxy.settings.schema import Settings
from proxy.settings.schema.console import SQLITE, MailSecurity
from proxy.settings.wording import Worded


def log_ins_are_encrypted(settings: Settings) -> Iterator[Worded]:
    """Passwords and sessions that would cross the network in the clear."""
    console = settings.console
    if console is None:
        return
    parts = urlsplit(console.url)
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        message = f"{console.url} would carry log-ins through the network in the clear"
        yield Worded(("console", "url"), message, f"write https://{parts.netloc}")
    if parts.scheme == "https" and console.certificate is None and not console.trusted_proxies:
        message = "nobody speaks https for the console"
        hint = "set `certificate` and `certificate_key`, or name the proxy in front in `trusted_proxies`"
        yield Worded(("console", "url"), message, hint)
    if parts.scheme == "http" and console.certificate is not None:
        message = f"with a certificate the console speaks https, and {console.url} does not"
        yield Worded(("console", "url"), message, f"write https://{parts.netloc}")


def mail_is_encrypted(settings: Settings) -> Iterator[Worded]:
    """Letters about pupils that would cross the network in the clear."""
    mail = settings.console.mail if settings.console is not None else None
    if mail is not None and mail.security is MailSecurity.NONE and not _is_here(mail.host):
        message = f"letters would go to {mail.host} in the clear"
        yield Worded(("console", "mail", "security"), message, "write `starttls` or `tls`")


def duties_need_a_roster(settings: Settings) -> Iterator[Worded]:
    """Duties of people that nothing tells of."""
    if settings.console is not None and settings.console.duties is not None and settings.roster is None:
        message = "duties name people by their `sourcedId`, and there is no roster"
        yield Worded(("console", "duties"), message, "set `roster`, or give duties in the console")


def database_password_is_used(settings: Settings) -> Iterator[Worded]:
    """A password for a database that has none."""
    console = settings.console
    if console is not None and console.database == SQLITE and console.database_password_file is not None:
        message = "an SQLite database has no password"
        yield Worded(("console", "database_password_file"), message, "leave it away, or set `database`")


def _is_here(host: str) -> bool:
    """Whether a host is this machine by its very name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
